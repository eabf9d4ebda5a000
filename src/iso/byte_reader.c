/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/byte_reader.h"

#include <string.h>

uint64_t byte_reader_place(const struct disc_extent *extent)
{
	return (uint64_t)extent->lba * BLOCK_BYTES + extent->skip;
}

/* Reads from lba on: as much as is kept if the last one was near, or this block alone. */
static int fill(struct byte_reader *r, uint64_t lba, struct fail *f)
{
	uint64_t rest = lba < r->blocks->n_blocks ? r->blocks->n_blocks - lba : 1;
	bool is_near = r->n && lba >= r->lba && lba - r->lba < 2 * BYTE_READER_BLOCKS;
	uint32_t n = is_near ? BYTE_READER_BLOCKS : 1;

	n = rest < n ? (uint32_t)rest : n;

	r->lba = lba;
	r->n = 0;
	if (block_reader_read(r->blocks, lba, n, r->kept, NULL) == 0) {
		r->n = n;
		return 0;
	}
	if (block_reader_read(r->blocks, lba, 1, r->kept, f))
		return -1;
	r->n = 1;
	return 0;
}

int byte_reader_read(struct byte_reader *r, uint64_t at, size_t n, uint8_t *buf, struct fail *f)
{
	r->n_bytes_read += n;
	while (n) {
		uint64_t lba = at / BLOCK_BYTES;
		size_t from, take;

		if ((lba < r->lba || lba - r->lba >= r->n) && fill(r, lba, f))
			return -1;
		from = (size_t)(at - r->lba * BLOCK_BYTES);
		take = (size_t)r->n * BLOCK_BYTES - from;
		take = take < n ? take : n;
		memcpy(buf, r->kept + from, take);
		buf += take;
		at += take;
		n -= take;
	}
	return 0;
}
