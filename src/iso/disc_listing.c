/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/disc_listing.h"

#include <stdlib.h>
#include <string.h>

int disc_listing_add(struct disc_listing *l, struct disc_node *node, struct fail *f)
{
	if (l->n_nodes == l->max_nodes) {
		size_t max = l->max_nodes ? 2 * l->max_nodes : 64;
		struct disc_node **nodes = realloc(l->nodes, max * sizeof *nodes);

		if (!nodes)
			return fail_memory(f);
		l->nodes = nodes;
		if (disc_memory_spend(&l->memory, (max - l->max_nodes) * sizeof *nodes, f))
			return -1;
		l->max_nodes = max;
	}
	l->nodes[l->n_nodes++] = node;
	return 0;
}

/* By name; the file itself comes before what is associated with it. */
static int compare_nodes(const void *a, const void *b)
{
	const struct disc_node *x = *(struct disc_node *const *)a;
	const struct disc_node *y = *(struct disc_node *const *)b;
	int order = strcmp(x->name, y->name);

	return order ? order : x->is_associated - y->is_associated;
}

/* True for the node at i, of those in order, that is not to stay. */
static bool is_aside(struct disc_node *const *nodes, size_t i)
{
	return nodes[i]->is_associated || (i && strcmp(nodes[i]->name, nodes[i - 1]->name) == 0);
}

int disc_listing_sort(struct disc_listing *l, struct fail *f)
{
	size_t n = 0, n_aside = 0;

	if (l->n_nodes == 0)
		return 0;
	qsort(l->nodes, l->n_nodes, sizeof *l->nodes, compare_nodes);
	for (size_t i = 0; i < l->n_nodes; i++)
		n_aside += is_aside(l->nodes, i);
	if (n_aside == 0)
		return 0;
	l->aside = disc_memory_get(&l->memory, n_aside * sizeof *l->aside, f);
	if (!l->aside)
		return -1;
	for (size_t i = 0; i < l->n_nodes; i++) {
		if (is_aside(l->nodes, i))
			l->aside[l->n_aside++] = l->nodes[i];
		else
			l->nodes[n++] = l->nodes[i];
	}
	l->n_nodes = n;
	return 0;
}

size_t disc_listing_index(const struct disc_listing *l, const char *name)
{
	size_t low = 0, high = l->n_nodes;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(l->nodes[mid]->name, name);

		if (order == 0)
			return mid;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return l->n_nodes;
}

const struct disc_node *disc_listing_find(const struct disc_listing *l, const char *name)
{
	size_t at = disc_listing_index(l, name);

	return at < l->n_nodes ? l->nodes[at] : NULL;
}

void disc_listing_free(struct disc_listing *l)
{
	if (!l)
		return;
	free(l->nodes);
	disc_extents_clear(&l->parts);
	arena_clear(&l->memory.arena);
	free(l);
}
