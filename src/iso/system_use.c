/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/system_use.h"

#include <string.h>

#include "util/sector.h"

enum {
	/* Continuation areas of one record: how many, and how long one is. libisofs has the same
	 * limit of length. */
	AREAS_MAX = 64,
	AREA_BYTES_MAX = 1024 * 1024,
	/* All of them, of one directory: some, and as many more for each of its own bytes. */
	AREAS_BYTES_LEAST = 4 * 1024 * 1024,
	AREAS_PER_BYTE = 32,
	AREA_COST = 64,
};

void system_use_open(struct system_use *s, struct block_reader *blocks, uint64_t n_bytes)
{
	*s = (struct system_use){ .blocks = blocks,
		.n_bytes_left = AREAS_BYTES_LEAST + n_bytes * AREAS_PER_BYTE };
}

/* The fields of the area that is announced. */
static bool read_area(struct system_use *s, struct rock_ridge *fields)
{
	uint32_t n_bytes = fields->more_bytes, offset = fields->more_offset % BLOCK_BYTES;
	uint64_t lba = (uint64_t)fields->more_lba + fields->more_offset / BLOCK_BYTES;
	uint32_t n = (offset + n_bytes - 1) / BLOCK_BYTES + 1;
	const uint8_t *blocks;

	if (n_bytes > AREA_BYTES_MAX || n_bytes + AREA_COST > s->n_bytes_left)
		return false;
	s->n_bytes_left -= n_bytes + AREA_COST;
	s->n_bytes_read += n_bytes + AREA_COST;
	blocks = area_cache_read(&s->areas, s->blocks, lba, n);
	if (blocks) {
		s->areas_lba = s->areas_end && s->areas_lba < lba ? s->areas_lba : lba;
		s->areas_end = s->areas_end > lba + n ? s->areas_end : lba + n;
	}
	return blocks && rock_ridge_parse(fields, blocks + offset, n_bytes) == 0;
}

bool system_use_read(struct system_use *s, const struct directory_record *record, size_t skip,
	struct rock_ridge *fields)
{
	memset(fields, 0, sizeof *fields);
	rock_ridge_long_reset(&s->rest);
	fields->rest = &s->rest;
	s->areas_lba = s->areas_end = 0;
	if (skip >= record->n_system_use)
		return true;
	if (rock_ridge_parse(fields, record->system_use + skip, record->n_system_use - skip))
		return false;
	for (int i = 0; fields->more_bytes; i++)
		if (i == AREAS_MAX || !read_area(s, fields))
			return false;
	return true;
}

void system_use_close(struct system_use *s)
{
	rock_ridge_long_clear(&s->rest);
	area_cache_clear(&s->areas);
}
