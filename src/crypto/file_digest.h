/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SHA-256 digest (FIPS 180-4) of one file after the other, as sha256sum writes it. */
#ifndef CRYPTO_FILE_DIGEST_H
#define CRYPTO_FILE_DIGEST_H

#include <stddef.h>

#include "util/fail.h"

enum { FILE_DIGEST_TEXT = 64 };

struct file_digest;

/* NULL with f filled. */
struct file_digest *file_digest_new(struct fail *f);

/* The next bytes of a file; the first after a new digest, or after the end of another file, start
 * one. An error shows at the end. */
void file_digest_update(struct file_digest *d, const void *bytes, size_t n_bytes);

/* Ends the file and writes its digest, in hexadecimal digits. 0, or -1 with f filled. */
int file_digest_end(struct file_digest *d, char out[FILE_DIGEST_TEXT + 1], struct fail *f);

void file_digest_free(struct file_digest *d);

#endif
