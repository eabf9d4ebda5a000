/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the volume descriptors of an ISO 9660 file system say of the places of things (ECMA-119, 8;
 * Joliet Specification; El Torito). Pure bytes: they come from strangers. */
#ifndef IMAGE_VOLUME_LAYOUT_H
#define IMAGE_VOLUME_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "util/sector.h"

enum { VOLUME_LAYOUT_TREES_MAX = 8, VOLUME_LAYOUT_PLACES_MAX = 48 };

enum volume_tree_kind { VOLUME_TREE_PLAIN, VOLUME_TREE_JOLIET, VOLUME_TREE_OTHER };

/* A root directory. */
struct volume_tree {
	enum volume_tree_kind kind;
	uint32_t lba, n_bytes;
};

struct volume_layout {
	bool has_primary, is_whole; /* the terminator was seen */
	uint32_t n_blocks;          /* the volume space of the primary descriptor */
	struct volume_tree trees[VOLUME_LAYOUT_TREES_MAX]; /* the plain one is the first */
	unsigned n_trees;
	struct {
		uint32_t lba, n_bytes;
	} places[VOLUME_LAYOUT_PLACES_MAX]; /* path tables, boot catalogs */
	unsigned n_places;
};

/* Adds what one block of the descriptors says. 0, or -1 where it is no descriptor or damaged. */
int volume_layout_add(struct volume_layout *v, const uint8_t block[BLOCK_BYTES]);

#endif
