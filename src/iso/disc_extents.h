/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing list of the parts of a file, counted as memory that a stranger's disc makes us keep. */
#ifndef ISO_DISC_EXTENTS_H
#define ISO_DISC_EXTENTS_H

#include <stdint.h>

#include "iso/disc_memory.h"
#include "iso/disc_node.h"
#include "util/fail.h"

struct disc_extents {
	struct disc_extent *at; /* heap */
	uint32_t n, max;
	uint64_t n_bytes; /* of all */
};

/* Adds a part; one without bytes is left out. 0, or -1 with f filled. */
int disc_extents_add(struct disc_extents *e, struct disc_extent part, struct disc_memory *memory,
	struct fail *f);

/* Frees what e holds. */
void disc_extents_clear(struct disc_extents *e);

#endif
