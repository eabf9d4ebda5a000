/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The blocks that were read last for continuation areas (SUSP: IEEE P1281, 5.1): the areas of a
 * directory's records share blocks, so the next one is often in memory already. */
#ifndef ISO_AREA_CACHE_H
#define ISO_AREA_CACHE_H

#include <stdint.h>

#include "util/block_reader.h"

/* Zeros: nothing was read. */
struct area_cache {
	uint8_t *bytes; /* heap */
	uint64_t first;
	uint32_t n_blocks;
};

/* The n blocks from first on, which live until the next call. NULL where they can't be read, or
 * without memory. */
const uint8_t *area_cache_read(
	struct area_cache *c, struct block_reader *blocks, uint64_t first, uint32_t n);

/* Frees what c holds. */
void area_cache_clear(struct area_cache *c);

#endif
