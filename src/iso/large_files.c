/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/large_files.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/sector.h"

static bool is_in_blocks(const struct disc_node *node)
{
	for (uint32_t i = 0; i < node->n_extents; i++) {
		const struct disc_extent *e = &node->extents[i];

		if (e->lba == DISC_HOLE || e->skip ||
			(i < node->n_extents - 1 && e->n_bytes % BLOCK_BYTES))
			return false;
	}
	return node->n_extents > 0;
}

int large_files_add(struct large_files *l, const struct disc_node *node, struct fail *f)
{
	size_t n_bytes = node->n_extents * sizeof *node->extents;
	struct disc_extent *extents;

	if (!is_in_blocks(node))
		return 0;
	if (l->n == l->max) {
		size_t max = l->max ? 2 * l->max : 16;
		struct disc_node *files;

		if (disc_memory_spend(&l->memory, (max - l->max) * sizeof *files, f))
			return -1;
		files = realloc(l->files, max * sizeof *files);
		if (!files)
			return fail_memory(f);
		l->files = files;
		l->max = max;
	}
	extents = disc_memory_get(&l->memory, n_bytes, f);
	if (!extents)
		return -1;
	memcpy(extents, node->extents, n_bytes);
	l->files[l->n++] = (struct disc_node){
		.n_bytes = node->n_bytes, .extents = extents, .n_extents = node->n_extents
	};
	return 0;
}

/* By what a directory record has of them. */
static int compare(const void *a, const void *b)
{
	const struct disc_node *x = a, *y = b;
	uint32_t x_bytes = (uint32_t)x->n_bytes, y_bytes = (uint32_t)y->n_bytes;

	if (x->extents->lba != y->extents->lba)
		return x->extents->lba < y->extents->lba ? -1 : 1;
	return x_bytes < y_bytes ? -1 : x_bytes > y_bytes;
}

void large_files_sort(struct large_files *l)
{
	if (l->n)
		qsort(l->files, l->n, sizeof *l->files, compare);
}

const struct disc_node *large_files_find(
	const struct large_files *l, uint32_t lba, uint32_t n_bytes)
{
	const struct disc_extent extent = { .lba = lba };
	const struct disc_node wanted = { .extents = &extent, .n_bytes = n_bytes };

	return l && l->n ? bsearch(&wanted, l->files, l->n, sizeof *l->files, compare) : NULL;
}

void large_files_clear(struct large_files *l)
{
	free(l->files);
	arena_clear(&l->memory.arena);
	*l = (struct large_files){ 0 };
}
