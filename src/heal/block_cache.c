/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/block_cache.h"

#include <stdlib.h>
#include <string.h>

#include "util/sector.h"

/* A block may be in any place of its set; those of a run are in sets of their own. */
enum { N_SETS = 1024, SET_PLACES = 8 };

struct place {
	uint64_t block;
	uint64_t used; /* when: the oldest makes room; 0: empty */
	uint8_t bytes[BLOCK_BYTES];
};

struct block_cache {
	uint64_t clock;
	struct place places[N_SETS][SET_PLACES];
};

struct block_cache *block_cache_new(void)
{
	return calloc(1, sizeof(struct block_cache));
}

const uint8_t *block_cache_find(struct block_cache *c, uint64_t block)
{
	struct place *set = c->places[block % N_SETS];

	for (unsigned i = 0; i < SET_PLACES; i++)
		if (set[i].used && set[i].block == block) {
			set[i].used = ++c->clock;
			return set[i].bytes;
		}
	return NULL;
}

void block_cache_keep(struct block_cache *c, uint64_t block, const uint8_t *bytes)
{
	struct place *set = c->places[block % N_SETS], *place = set;

	for (unsigned i = 0; i < SET_PLACES; i++) {
		if (set[i].used && set[i].block == block) {
			place = &set[i];
			break;
		}
		if (set[i].used < place->used)
			place = &set[i];
	}
	place->block = block;
	place->used = ++c->clock;
	memcpy(place->bytes, bytes, BLOCK_BYTES);
}

void block_cache_free(struct block_cache *c)
{
	free(c);
}
