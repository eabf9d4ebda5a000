/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/large_files.h"

#include <stdlib.h>
#include <string.h>

int large_files_add(struct large_files *l, const struct disc_node *node, struct fail *f)
{
	size_t n_bytes = node->n_extents * sizeof *node->extents;
	struct disc_extent *extents;

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

const struct disc_node *large_files_find(
	const struct large_files *l, uint32_t lba, uint32_t n_bytes)
{
	for (size_t i = 0; l && i < l->n; i++) {
		const struct disc_node *file = &l->files[i];

		if (file->extents->lba == lba && file->extents->skip == 0 &&
			(uint32_t)file->n_bytes == n_bytes)
			return file;
	}
	return NULL;
}

void large_files_clear(struct large_files *l)
{
	free(l->files);
	arena_clear(&l->memory.arena);
	*l = (struct large_files){ 0 };
}
