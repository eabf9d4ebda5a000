/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files and links of a disc that are to be extracted, in the order in which they lie there: all
 * names of one file stand together, links last. One thread at a time. */
#ifndef DISC_PENDING_H
#define DISC_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iso/disc_files.h"
#include "util/fail.h"

/* Where it is, and what its place in the order depends on. */
struct pending {
	uint64_t order;        /* what has no bytes, files by the place of theirs, links */
	uint32_t directory;    /* of the walk */
	uint32_t index;        /* in its listing */
	uint64_t n_bytes : 62; /* of a file, those that are there */
	uint64_t has_links : 1;
	uint64_t was_there : 1; /* its name, before anything was extracted */
	uint64_t weight;        /* of those bytes (disc_node_weight) */
};

/* Zeros at first, but for files. */
struct pending_list {
	const struct disc_files *files;
	struct pending *items; /* heap */
	size_t n, max;
};

/* Adds what is at index in the listing of a directory. 0, or -1 with f filled. */
int pending_add(struct pending_list *l, const struct disc_node *node, uint32_t directory,
	size_t index, bool was_there, struct fail *f);

/* Puts them into their order. */
void pending_sort(struct pending_list *l);

/* How many bytes they have, those of hard links once; after sorting. with_old: also those whose
 * names were there before. */
uint64_t pending_count_bytes(const struct pending_list *l, bool with_old);

/* The same of their weights, of all. */
uint64_t pending_weigh(const struct pending_list *l);

/* Frees what l holds. */
void pending_clear(struct pending_list *l);

#endif
