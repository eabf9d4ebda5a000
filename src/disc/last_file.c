/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/last_file.h"

#include <stdlib.h>
#include <string.h>

bool last_file_is(const struct last_file *l, const struct disc_node *node)
{
	return l->is_there && node->n_links > 1 && disc_node_is_same_file(&l->node, node);
}

int last_file_set(struct last_file *l, const struct disc_node *node, uint32_t directory,
	const char *name, struct fail *f)
{
	size_t n = strlen(name) + 1, n_bytes = node->n_extents * sizeof *node->extents;
	struct disc_extent *extents;

	l->is_there = n <= sizeof l->name;
	if (!l->is_there)
		return 0;
	extents = realloc(l->extents, n_bytes + 1);
	if (!extents)
		return fail_memory(f);
	if (n_bytes)
		memcpy(extents, node->extents, n_bytes);
	l->extents = extents;
	free(l->target);
	l->target = node->target ? strdup(node->target) : NULL;
	if (node->target && !l->target)
		return fail_memory(f);
	l->node = *node;
	l->node.extents = extents;
	l->node.target = l->target;
	l->directory = directory;
	memcpy(l->name, name, n);
	return 0;
}

void last_file_clear(struct last_file *l)
{
	free(l->extents);
	free(l->target);
	*l = (struct last_file){ 0 };
}
