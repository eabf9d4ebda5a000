/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The digests of one file after the other, as sha256sum and its sisters write them: MD5 (RFC 1321),
 * SHA-1 and SHA-2 (FIPS 180-4). */
#ifndef CRYPTO_FILE_DIGEST_H
#define CRYPTO_FILE_DIGEST_H

#include <stddef.h>

#include "util/fail.h"

enum file_digest_kind {
	FILE_DIGEST_MD5,
	FILE_DIGEST_SHA1,
	FILE_DIGEST_SHA224,
	FILE_DIGEST_SHA256,
	FILE_DIGEST_SHA384,
	FILE_DIGEST_SHA512,
	FILE_DIGEST_KINDS
};

/* Digits of a SHA-256 digest, and of the longest one. */
enum { FILE_DIGEST_TEXT = 64, FILE_DIGEST_TEXT_MAX = 128 };

/* "SHA256"; static. */
const char *file_digest_name(enum file_digest_kind kind);

/* How many hexadecimal digits it has. */
size_t file_digest_length(enum file_digest_kind kind);

struct file_digest;

/* NULL with f filled. */
struct file_digest *file_digest_new(enum file_digest_kind kind, struct fail *f);

/* The next bytes of a file; the first after a new digest, or after the end of another file, start
 * one. An error shows at the end. */
void file_digest_update(struct file_digest *d, const void *bytes, size_t n_bytes);

/* Ends the file and writes its digest, in hexadecimal digits (lower case), as many as its kind has,
 * and a NUL. 0, or -1 with f filled. */
int file_digest_end(struct file_digest *d, char *out, struct fail *f);

void file_digest_free(struct file_digest *d);

#endif
