/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds parts of files that lie in each other, which no writer makes: those that are all the same
 * are one file by several names. All zeros at first; shared_blocks_clear. */
#ifndef DISC_SHARED_BLOCKS_H
#define DISC_SHARED_BLOCKS_H

#include <stddef.h>

#include "iso/disc_node.h"

struct shared_extent;

struct shared_blocks {
	struct shared_extent *at; /* heap */
	size_t n, max;
};

/* Adds the extents of a regular file. Those beyond a few millions are not looked at. */
void shared_blocks_add(struct shared_blocks *b, const struct disc_node *file);

/* How many begin within another one, and are not the same. */
size_t shared_blocks_count(struct shared_blocks *b);

/* Frees what b holds. */
void shared_blocks_clear(struct shared_blocks *b);

#endif
