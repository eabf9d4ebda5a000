/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A directory of a disc, read into memory (iso/iso9660_listing.h, iso/udf_listing.h): its nodes,
 * sorted by name.
 *
 * Everything read is treated as a stranger's. What can't be read is not a failure: a node has its
 * damage, a directory that can't be read lacks nodes, and the listing says what is wrong. A listing
 * takes its share of the memory that is granted at most (iso/disc_memory.h). Directory loops are
 * found by those who walk the tree (iso/disc_walk.h). */
#ifndef ISO_DISC_LISTING_H
#define ISO_DISC_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iso/arena.h"
#include "iso/disc_extents.h"
#include "iso/disc_memory.h"
#include "iso/disc_node.h"
#include "util/fail.h"

struct disc_listing {
	struct disc_node **nodes; /* heap; sorted by name, each name once */
	size_t n_nodes, max_nodes;
	const char *damage; /* of the directory itself (static text); NULL: nothing */
	/* what is not among the nodes: of a name that came twice, all but one; associated files */
	size_t n_aside;
	struct disc_node **aside;
	struct disc_memory memory;
	uint64_t n_bytes_read; /* what it took to read it */
	bool used_copy;        /* of UDF: parts of it are from the mirror of the metadata */
	/* the blocks between which its names and attributes go on; areas_end 0: nowhere */
	uint64_t areas_lba, areas_end;
	struct disc_extents parts; /* of UDF: where its records and all file entries lie */
};

/* For those who read directories. Adds a node; then sorts, and puts aside what
 * can't stay. 0, or -1 with f filled. */
int disc_listing_add(struct disc_listing *l, struct disc_node *node, struct fail *f);
int disc_listing_sort(struct disc_listing *l, struct fail *f);

/* Where the node called name stands; n_nodes where there is none. */
size_t disc_listing_index(const struct disc_listing *l, const char *name);

/* The node itself; NULL where there is none. */
const struct disc_node *disc_listing_find(const struct disc_listing *l, const char *name);

void disc_listing_free(struct disc_listing *l);

#endif
