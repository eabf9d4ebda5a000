/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop-AES's key files: 1, 64 or 65 lines of text, each a passphrase that is hashed to a key
 * (loop-AES.README; cryptsetup: lib/loopaes/loopaes.c). */
#ifndef CRYPTO_FORMAT_LOOPAES_KEYS_H
#define CRYPTO_FORMAT_LOOPAES_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"
#include "util/secret.h"

enum {
	LOOPAES_KEYS_SINGLE = 1, /* one key, IVs that count sectors */
	LOOPAES_KEYS_V2 = 64,    /* one key after the other, IVs by MD5 */
	LOOPAES_KEYS_V3 = 65,    /* the same, and the last makes the IVs secret */
	LOOPAES_KEYS_LINE_MIN = 20,
};

/* The lines of a key file, all of one length, one newline apart. */
struct loopaes_keys {
	const uint8_t *first; /* borrowed from the secret */
	size_t n_keys;
	size_t n_line; /* bytes a line, without its newline */
};

/* Finds the lines in file, which may come from anywhere; name is the object of a failure, which is
 * FAIL_USAGE. What is accepted means the same to cryptsetup and to aespipe. 0, or -1 with f filled.
 */
int loopaes_keys_parse(
	struct loopaes_keys *keys, const struct secret *file, const char *name, struct fail *f);

/* The n-th line. */
const uint8_t *loopaes_keys_line(const struct loopaes_keys *keys, size_t n);

/* A new key file of version 3: 65 random lines of 60 characters. NULL with f filled. The caller
 * frees. */
struct secret *loopaes_keys_generate(struct fail *f);

#endif
