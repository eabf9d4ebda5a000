/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/pending.h"

#include <stdlib.h>
#include <sys/stat.h>

/* of the memory that is granted, in eighths: for the files, over a million by default */
enum { PENDING_SHARE = 4 };

static int make_room(struct pending_list *l, struct fail *f)
{
	size_t memory = disc_files_memory(l->files);
	size_t most = disc_memory_share(memory, PENDING_SHARE) / sizeof *l->items;
	size_t max = l->max ? 2 * l->max : 1024;
	struct pending *items;

	if (l->n < l->max)
		return 0;
	max = max < most ? max : most;
	if (max == l->n)
		return disc_memory_refuse(f, memory, PENDING_SHARE, "the files on the disc need");
	items = realloc(l->items, max * sizeof *items);
	if (!items)
		return fail_memory(f);
	l->items = items;
	l->max = max;
	return 0;
}

int pending_add(struct pending_list *l, const struct disc_node *node, uint32_t directory,
	size_t index, bool was_there, struct fail *f)
{
	struct pending e = { .inode = (uint32_t)node->inode,
		.directory = directory,
		.index = (uint32_t)index,
		.has_links = node->n_links > 1,
		.was_there = was_there };

	if (make_room(l, f))
		return -1;
	if (S_ISREG(node->mode) && node->n_extents)
		e.lba = node->extents->lba;
	if (S_ISLNK(node->mode))
		e.lba = UINT32_MAX;
	if (S_ISREG(node->mode))
		e.n_bytes = disc_node_bytes_there(node, disc_files_n_blocks_there(l->files)) &
			    INT64_MAX >> 1;
	l->items[l->n++] = e;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct pending *x = a, *y = b;

	if (x->lba != y->lba)
		return x->lba < y->lba ? -1 : 1;
	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (x->directory != y->directory)
		return x->directory < y->directory ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

void pending_sort(struct pending_list *l)
{
	if (l->n)
		qsort(l->items, l->n, sizeof *l->items, compare);
}

/* True where it is a link to the one before it, as far as can be told here. */
static bool is_link_to(const struct pending *e, const struct pending *before)
{
	return e->has_links && before->has_links && e->lba == before->lba &&
	       e->inode == before->inode && e->n_bytes == before->n_bytes;
}

uint64_t pending_count_bytes(const struct pending_list *l)
{
	uint64_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (i == 0 || !is_link_to(&l->items[i], &l->items[i - 1]))
			n += l->items[i].n_bytes;
	return n;
}

void pending_clear(struct pending_list *l)
{
	free(l->items);
	*l = (struct pending_list){ 0 };
}
