/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/loopaes_keys.h"

#include <string.h>

#include <openssl/evp.h>

/* Three bytes make four characters (RFC 4648): 360 random bits a line, more than any key has. */
enum { LINE_RANDOM = 45, LINE_CHARS = 60 };

/* gpg's armour begins like this, perhaps behind an empty line */
static int is_gpg(const uint8_t *bytes, size_t n_bytes)
{
	static const char begin[] = "BEGIN PGP MESSAGE";

	return memmem(bytes, n_bytes < 128 ? n_bytes : 128, begin, sizeof begin - 1) != NULL;
}

/* Characters that end a line to one of the two programs only. */
static int check_bytes(const uint8_t *bytes, size_t n_bytes, const char *name, struct fail *f)
{
	if (is_gpg(bytes, n_bytes)) {
		fail_set(f, FAIL_USAGE, name, "this key file is still encrypted by gpg");
		fail_hint(f, "decrypt it with gpg --decrypt into a pipe, and use -key-fd 0");
		return -1;
	}
	if (memchr(bytes, '\0', n_bytes))
		return fail_set(f, FAIL_USAGE, name,
			"loop-AES key files are text; this one contains a NUL byte");
	if (memchr(bytes, '\r', n_bytes))
		return fail_set(f, FAIL_USAGE, name,
			"this key file contains carriage returns, which programs treat "
			"differently");
	if (n_bytes == 0 || bytes[n_bytes - 1] != '\n')
		return fail_set(f, FAIL_USAGE, name,
			"the last line has no newline: this key file is truncated");
	return 0;
}

static int check_lengths(
	struct loopaes_keys *keys, const uint8_t *end, const char *name, struct fail *f)
{
	const uint8_t *at = keys->first;

	for (keys->n_keys = 0; at < end; keys->n_keys++) {
		const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)(newline - at);

		if (keys->n_keys == 0)
			keys->n_line = n;
		if (n < LOOPAES_KEYS_LINE_MIN)
			return fail_set(f, FAIL_USAGE, name,
				"line %zu has %zu characters; loop-AES needs at least %d",
				keys->n_keys + 1, n, LOOPAES_KEYS_LINE_MIN);
		if (n != keys->n_line)
			return fail_set(f, FAIL_USAGE, name,
				"line %zu has %zu characters, but line 1 has %zu", keys->n_keys + 1,
				n, keys->n_line);
		at = newline + 1;
	}
	return 0;
}

int loopaes_keys_parse(
	struct loopaes_keys *keys, const struct secret *file, const char *name, struct fail *f)
{
	const uint8_t *bytes = secret_view(file);
	size_t n_bytes = secret_size(file);

	*keys = (struct loopaes_keys){ .first = bytes };
	if (check_bytes(bytes, n_bytes, name, f) || check_lengths(keys, bytes + n_bytes, name, f))
		return -1;
	if (keys->n_keys == LOOPAES_KEYS_SINGLE || keys->n_keys == LOOPAES_KEYS_V2 ||
		keys->n_keys == LOOPAES_KEYS_V3)
		return 0;
	return fail_set(f, FAIL_USAGE, name,
		"has %zu lines; a loop-AES key file has 1 (single key), 64 (version 2) or 65 "
		"(version 3)",
		keys->n_keys);
}

const uint8_t *loopaes_keys_line(const struct loopaes_keys *keys, size_t n)
{
	return keys->first + n * (keys->n_line + 1);
}

struct secret *loopaes_keys_generate(struct fail *f)
{
	struct secret *file = secret_new(LOOPAES_KEYS_V3 * (LINE_CHARS + 1), f);
	struct secret *random = secret_new_random(LOOPAES_KEYS_V3 * LINE_RANDOM, f);

	for (size_t i = 0; file && random && i < LOOPAES_KEYS_V3; i++) {
		uint8_t *line = secret_bytes(file) + i * (LINE_CHARS + 1);

		/* ends it with a NUL */
		EVP_EncodeBlock(line, secret_view(random) + i * LINE_RANDOM, LINE_RANDOM);
		line[LINE_CHARS] = '\n';
	}
	if (!random) {
		secret_free(file);
		file = NULL;
	}
	secret_free(random);
	return file;
}
