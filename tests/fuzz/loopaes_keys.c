/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Key files of loop-AES from anywhere. */
#include "fuzz.h"

#include <string.h>

#include "crypto/format/loopaes_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fail f = { 0 };
	struct secret *file = secret_copy(data, size, &f);
	struct loopaes_keys keys;

	if (!file)
		return 0;
	if (loopaes_keys_parse(&keys, file, "fuzz", &f)) {
		FUZZ_MUST(f.code == FAIL_USAGE && f.what[0]);
	} else {
		FUZZ_MUST(keys.n_keys == 1 || keys.n_keys == 64 || keys.n_keys == 65);
		FUZZ_MUST(keys.n_line >= LOOPAES_KEYS_LINE_MIN);
		FUZZ_MUST(keys.n_keys * (keys.n_line + 1) == size);
		for (size_t i = 0; i < keys.n_keys; i++) {
			const uint8_t *line = loopaes_keys_line(&keys, i);

			FUZZ_MUST(!memchr(line, '\n', keys.n_line) && line[keys.n_line] == '\n');
		}
	}
	secret_free(file);
	return 0;
}
