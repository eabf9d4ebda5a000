/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/udf_large.h"

#include <stdbool.h>
#include <stdlib.h>

#include "iso/udf_listing.h"
#include "util/sector.h"

/* No logical block is smaller. All directories together take no more than this to read. */
enum { UNIT_BYTES = 512 };
#define READ_MAX ((uint64_t)2 << 30)

/* The directories that are still to be read. */
struct search {
	struct large_files *l;
	struct disc_extent *waiting; /* heap: a stack */
	size_t n_waiting, max_waiting;
	uint8_t *is_known; /* heap: a bit for each unit of the medium, where an entry begins */
	uint64_t n_units;
};

/* Adds a directory that was not met before. */
static int push(struct search *s, struct disc_extent place, struct fail *f)
{
	uint64_t unit = ((uint64_t)place.lba * BLOCK_BYTES + place.skip) / UNIT_BYTES;

	if (unit >= s->n_units || s->is_known[unit / 8] & 1u << unit % 8)
		return 0;
	s->is_known[unit / 8] = (uint8_t)(s->is_known[unit / 8] | 1u << unit % 8);
	if (s->n_waiting == s->max_waiting) {
		size_t max = s->max_waiting ? 2 * s->max_waiting : 64;
		struct disc_extent *waiting;

		if (disc_memory_spend(&s->l->memory, (max - s->max_waiting) * sizeof *waiting, f))
			return -1;
		waiting = realloc(s->waiting, max * sizeof *waiting);
		if (!waiting)
			return fail_memory(f);
		s->waiting = waiting;
		s->max_waiting = max;
	}
	s->waiting[s->n_waiting++] = place;
	return 0;
}

static int take(struct search *s, const struct disc_listing *listing, struct fail *f)
{
	for (size_t i = 0; i < listing->n_nodes; i++) {
		const struct disc_node *node = listing->nodes[i];

		if (node->n_extents == 0)
			continue;
		if (S_ISDIR(node->mode) && push(s, *node->extents, f))
			return -1;
		if (S_ISREG(node->mode) && node->n_bytes > UINT32_MAX &&
			large_files_add(s->l, node, f))
			return -1;
	}
	return 0;
}

static int search(struct search *s, const struct udf_volume *v, struct block_reader *blocks,
	size_t memory, struct fail *f)
{
	uint64_t n_bytes_left = READ_MAX;

	while (s->n_waiting) {
		struct disc_extent place = s->waiting[--s->n_waiting];
		const struct disc_node dir = { .extents = &place, .n_extents = 1 };
		struct disc_listing *listing = udf_listing_read(v, blocks, memory, &dir, f);
		int result;

		if (!listing)
			return -1;
		result = take(s, listing, f);
		if (listing->n_bytes_read > n_bytes_left)
			result = fail_set(f, FAIL_FAILED, "",
				"the directories are damaged: they would need more than %llu MiB",
				(unsigned long long)READ_MAX >> 20);
		n_bytes_left -= listing->n_bytes_read;
		disc_listing_free(listing);
		if (result)
			return -1;
	}
	return 0;
}

int udf_large_find(struct large_files *l, const struct udf_volume *v, struct block_reader *blocks,
	size_t memory, struct fail *f)
{
	struct search s = { .l = l, .n_units = blocks->n_blocks * (BLOCK_BYTES / UNIT_BYTES) };
	int result = -1;

	l->memory.granted = memory;
	s.is_known = calloc(s.n_units / 8 + 1, 1);
	if (!s.is_known)
		fail_memory(f);
	else if (push(&s, v->root, f) == 0)
		result = search(&s, v, blocks, memory, f);
	large_files_sort(l);
	free(s.waiting);
	free(s.is_known);
	return result;
}
