/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tokens of LUKS2 headers, and any other JSON that is looked into. */
#include "fuzz.h"

#include <string.h>

#include "crypto/format/json.h"
#include "crypto/format/luks2_token.h"

static void walk(const char *text, size_t size)
{
	struct json_members m;
	char name[32];
	uint64_t n;

	json_enter(&m, text);
	while (json_next(&m)) {
		FUZZ_MUST(m.name > text && m.name + m.n_name < text + size);
		FUZZ_MUST(m.value > m.name && m.value < text + size);
		if (json_string(m.value, name, sizeof name))
			FUZZ_MUST(strlen(name) < sizeof name && !json_member(m.value, name));
		json_uint64(m.value, &n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	uint64_t n;

	FUZZ_MUST(text);
	memcpy(text, data, size);
	text[size] = '\0';
	n = luks2_token_payload(text);
	FUZZ_MUST(n % 2048 == 0 && n <= INT64_MAX);
	walk(text, size);
	free(text);
	return 0;
}
