/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/system_use.h"

#include <stdlib.h>
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

/* The n blocks from lba on, which live until the next call. NULL where they can't be read, or
 * without memory. */
static const uint8_t *read_blocks(struct system_use *s, uint64_t lba, uint32_t n)
{
	if (lba > s->blocks->n_blocks || n > s->blocks->n_blocks - lba)
		return NULL;
	if (lba < s->cached_lba || lba + n > s->cached_lba + s->n_cached) {
		uint8_t *bytes = realloc(s->cached, (size_t)n * BLOCK_BYTES);

		if (!bytes)
			return NULL;
		s->cached = bytes;
		s->n_cached = 0;
		if (block_reader_read(s->blocks, lba, n, bytes, NULL))
			return NULL;
		s->cached_lba = lba;
		s->n_cached = n;
	}
	return s->cached + (lba - s->cached_lba) * BLOCK_BYTES;
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
	blocks = read_blocks(s, lba, n);
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
	free(s->cached);
	s->cached = NULL;
	s->n_cached = 0;
}
