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

/* The inode brings hard links together, for which some of its bits have to do. */
static uint64_t order_of(const struct disc_node *node)
{
	const uint64_t links = (uint64_t)1 << 63, with_bytes = (uint64_t)1 << 62;
	enum { INODE_BITS = 18 }; /* beside the 44 of a place */
	uint64_t place = disc_node_place(node);

	if (S_ISLNK(node->mode))
		return links | (uint32_t)node->inode;
	if (!S_ISREG(node->mode) || place == 0)
		return (uint32_t)node->inode;
	return with_bytes | place << INODE_BITS | (node->inode & ((1u << INODE_BITS) - 1));
}

int pending_add(struct pending_list *l, const struct disc_node *node, uint32_t directory,
	size_t index, bool was_there, struct fail *f)
{
	struct pending e = { .order = order_of(node),
		.directory = directory,
		.index = (uint32_t)index,
		.has_links = node->n_links > 1,
		.was_there = was_there };

	if (make_room(l, f))
		return -1;
	if (S_ISREG(node->mode)) {
		e.n_bytes = disc_node_bytes_there(node, disc_files_n_blocks_there(l->files)) &
			    INT64_MAX >> 1;
		e.weight = disc_node_weight(node);
		e.weight = e.weight < e.n_bytes ? e.weight : e.n_bytes;
	}
	l->items[l->n++] = e;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct pending *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
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
	return e->has_links && before->has_links && e->order == before->order &&
	       e->n_bytes == before->n_bytes;
}

uint64_t pending_count_bytes(const struct pending_list *l, bool with_old)
{
	uint64_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if ((with_old || !l->items[i].was_there) &&
			(i == 0 || !is_link_to(&l->items[i], &l->items[i - 1])))
			n += l->items[i].n_bytes;
	return n;
}

uint64_t pending_weigh(const struct pending_list *l)
{
	uint64_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (i == 0 || !is_link_to(&l->items[i], &l->items[i - 1]))
			n += l->items[i].weight;
	return n;
}

void pending_clear(struct pending_list *l)
{
	free(l->items);
	*l = (struct pending_list){ 0 };
}
