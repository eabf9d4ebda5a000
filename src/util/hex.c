/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/hex.h"

#include <string.h>

static const char digits_of[] = "0123456789abcdef";

char *hex_write(char *out, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits_of[bytes[i] >> 4];
		out[2 * i + 1] = digits_of[bytes[i] & 15];
	}
	out[2 * n] = '\0';
	return out;
}

bool hex_read(uint8_t *bytes, size_t n, const char *digits)
{
	for (size_t i = 0; i < 2 * n; i++) {
		const char *at = digits[i] ? strchr(digits_of, digits[i]) : NULL;

		if (!at)
			return false;
		bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | (at - digits_of));
	}
	return true;
}
