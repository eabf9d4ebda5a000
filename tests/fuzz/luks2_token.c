/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tokens of LUKS2 headers, and any other text in their place. */
#include "fuzz.h"

#include <string.h>

#include "crypto/format/luks2_token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	uint64_t n;

	FUZZ_MUST(text);
	memcpy(text, data, size);
	text[size] = '\0';
	n = luks2_token_payload(text);
	FUZZ_MUST(n % 2048 == 0 && n <= INT64_MAX);
	free(text);
	return 0;
}
