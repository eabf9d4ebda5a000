/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/shared_blocks.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "util/sector.h"

struct shared_extent {
	uint64_t first, end; /* in bytes of the disc */
};

static int compare_extents(const void *a, const void *b)
{
	const struct shared_extent *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

void shared_blocks_add(struct shared_blocks *b, const struct disc_node *file)
{
	enum { EXTENTS_MAX = 4 << 20 };

	for (uint32_t i = 0; i < file->n_extents; i++) {
		const struct disc_extent *e = &file->extents[i];
		uint64_t first = (uint64_t)e->lba * BLOCK_BYTES + e->skip;

		if (e->lba == DISC_HOLE)
			continue;
		if (b->n == b->max) {
			size_t max = b->max ? 2 * b->max : 1024;
			struct shared_extent *more = NULL;

			if (max <= EXTENTS_MAX)
				more = realloc(b->at, max * sizeof *more);
			if (!more)
				return;
			b->at = more;
			b->max = max;
		}
		b->at[b->n++] = (struct shared_extent){ first, first + e->n_bytes };
	}
}

size_t shared_blocks_count(struct shared_blocks *b)
{
	uint64_t end = 0;
	size_t n = 0;

	if (b->n)
		qsort(b->at, b->n, sizeof *b->at, compare_extents);
	for (size_t i = 0; i < b->n; i++) {
		bool is_same = i && compare_extents(&b->at[i], &b->at[i - 1]) == 0;

		if (!is_same && b->at[i].first < end)
			n++;
		if (b->at[i].end > end)
			end = b->at[i].end;
	}
	return n;
}

void shared_blocks_clear(struct shared_blocks *b)
{
	free(b->at);
	*b = (struct shared_blocks){ 0 };
}
