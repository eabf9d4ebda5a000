/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cipher for each thread that decrypts at the moment: a sector_cipher serves one at a time, so
 * clones are made when needed, and kept. */
#ifndef DISC_CIPHER_POOL_H
#define DISC_CIPHER_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/sector_cipher.h"
#include "util/fail.h"

struct cipher_pool;

/* cipher stays the caller's, is not used but cloned, and outlives the pool. NULL with f filled. */
struct cipher_pool *cipher_pool_new(const struct sector_cipher *cipher, struct fail *f);

/* sector_cipher_decrypt, in any number of threads. */
int cipher_pool_decrypt(
	struct cipher_pool *p, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f);

/* When no thread uses it any more. NULL does nothing. */
void cipher_pool_free(struct cipher_pool *p);

#endif
