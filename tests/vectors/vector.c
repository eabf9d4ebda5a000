/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/tap.h"

static unsigned digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	if (!at) {
		printf("Bail out! a test vector is not in hex\n");
		exit(1);
	}
	return (unsigned)(at - digits);
}

size_t vector_bytes(uint8_t *out, size_t n_out, const char *hex)
{
	size_t n = strlen(hex) / 2;

	if (n > n_out || strlen(hex) % 2) {
		printf("Bail out! a test vector has the wrong length\n");
		exit(1);
	}
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
	return n;
}

struct secret *vector_secret(const char *hex)
{
	struct fail f = { 0 };
	struct secret *s = secret_new(strlen(hex) / 2, &f);

	if (!s) {
		printf("Bail out! %s\n", f.what);
		exit(1);
	}
	vector_bytes(secret_bytes(s), secret_size(s), hex);
	return s;
}

bool vector_is(const uint8_t *bytes, size_t n_bytes, const char *hex)
{
	bool same = strlen(hex) == 2 * n_bytes;

	for (size_t i = 0; same && i < n_bytes; i++)
		same = bytes[i] == (digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
	if (same)
		return true;
	tap_note("wanted %s", hex);
	printf("# got    ");
	for (size_t i = 0; i < n_bytes; i++)
		printf("%02x", bytes[i]);
	putchar('\n');
	return false;
}
