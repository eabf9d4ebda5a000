/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks that were computed, kept for a while: 16 MiB of them. One thread at a time. */
#ifndef HEAL_BLOCK_CACHE_H
#define HEAL_BLOCK_CACHE_H

#include <stdint.h>

struct block_cache;

/* NULL without memory. */
struct block_cache *block_cache_new(void);

/* The bytes of a block, valid until the next one is kept; NULL: not there. */
const uint8_t *block_cache_find(struct block_cache *c, uint64_t block);

/* Keeps a copy of BLOCK_BYTES in place of an older one. */
void block_cache_keep(struct block_cache *c, uint64_t block, const uint8_t *bytes);

/* NULL does nothing. */
void block_cache_free(struct block_cache *c);

#endif
