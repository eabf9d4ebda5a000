/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 (FIPS 180-4) of eight messages of one length at a time, one in each lane of the vectors
 * of x86-64: several times as fast as one after the other where the processor has no instructions
 * for SHA-256. The caller cuts the messages into blocks and pads them. Private to src/crypto. */
#ifndef CRYPTO_SHA256_LANES_H
#define CRYPTO_SHA256_LANES_H

#include <stdbool.h>
#include <stdint.h>

#include "util/sha256.h"

enum { SHA256_LANES = 8, SHA256_BLOCK_BYTES = 64, SHA256_WORDS = 8 };

struct sha256_lanes {
	/* vectors: a word of all messages side by side */
	_Alignas(32) uint32_t words[SHA256_WORDS][SHA256_LANES];
};

/* True where the processor can, and OpenSSL is slower there. */
bool sha256_lanes_are_faster(void);

/* For new messages. */
void sha256_lanes_start(struct sha256_lanes *s);

/* Mixes the next block of each message in. Only where sha256_lanes_are_faster. */
void sha256_lanes_compress(struct sha256_lanes *s, const uint8_t *const blocks[SHA256_LANES]);

/* The digests, after the last blocks, which have the padding. */
void sha256_lanes_end(const struct sha256_lanes *s, uint8_t digests[SHA256_LANES][SHA256_BYTES]);

#endif
