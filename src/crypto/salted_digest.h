/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 of a salt and what follows it, for many blocks: the digests of dm-verity's trees. Any
 * number of threads. */
#ifndef CRYPTO_SALTED_DIGEST_H
#define CRYPTO_SALTED_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"
#include "util/sector.h"
#include "util/sha256.h"

struct salted_digest;

/* NULL with f filled. */
struct salted_digest *salted_digest_new(const uint8_t *salt, size_t n_salt, struct fail *f);

/* The digest of a block, as struct block_tree_hash of the room heal takes it: d is a struct
 * salted_digest. */
void salted_digest_of(void *d, const uint8_t block[BLOCK_BYTES], uint8_t out[SHA256_BYTES]);

/* The digests of n blocks that stand one behind the other, and so do they: with a salt of 32 bytes
 * several times as fast as one by one, where the processor can. */
void salted_digest_of_run(void *d, const uint8_t *blocks, size_t n, uint8_t *out);

/* 0, or -1 with f filled: OpenSSL has failed since, and a digest is wrong. */
int salted_digest_check(const struct salted_digest *d, struct fail *f);

void salted_digest_free(struct salted_digest *d);

#endif
