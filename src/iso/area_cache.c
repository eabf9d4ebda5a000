/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/area_cache.h"

#include <stdlib.h>

#include "util/fail.h"
#include "util/sector.h"

const uint8_t *area_cache_read(
	struct area_cache *c, struct block_reader *blocks, uint64_t first, uint32_t n)
{
	if (first > blocks->n_blocks || n > blocks->n_blocks - first)
		return NULL;
	if (first < c->first || first + n > c->first + c->n_blocks) {
		uint8_t *bytes = realloc(c->bytes, (size_t)n * BLOCK_BYTES);

		if (!bytes)
			return NULL;
		c->bytes = bytes;
		c->n_blocks = 0;
		if (block_reader_read(blocks, first, n, bytes, NULL))
			return NULL;
		c->first = first;
		c->n_blocks = n;
	}
	return c->bytes + (first - c->first) * BLOCK_BYTES;
}

void area_cache_clear(struct area_cache *c)
{
	free(c->bytes);
	*c = (struct area_cache){ 0 };
}
