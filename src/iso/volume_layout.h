/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the volume descriptors of an ISO 9660 file system say of the places of things (ECMA-119, 8;
 * Joliet Specification; El Torito). They come from strangers. */
#ifndef ISO_VOLUME_LAYOUT_H
#define ISO_VOLUME_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "util/block_reader.h"
#include "util/fail.h"
#include "util/sector.h"

enum { VOLUME_LAYOUT_TREES_MAX = 8, VOLUME_LAYOUT_PLACES_MAX = 48, VOLUME_LAYOUT_ID_MAX = 32 };

enum volume_tree_kind { VOLUME_TREE_PLAIN, VOLUME_TREE_JOLIET, VOLUME_TREE_OTHER };

/* A root directory. */
struct volume_tree {
	enum volume_tree_kind kind;
	uint32_t lba, n_bytes;
};

struct volume_layout {
	bool has_primary, is_whole;               /* the terminator was seen */
	uint32_t n_blocks;                        /* the volume space of the primary descriptor */
	char volume_id[VOLUME_LAYOUT_ID_MAX + 1]; /* without the spaces at its end */
	struct volume_tree trees[VOLUME_LAYOUT_TREES_MAX]; /* the plain one is the first */
	unsigned n_trees;
	struct {
		uint32_t lba, n_bytes;
	} places[VOLUME_LAYOUT_PLACES_MAX]; /* path tables, boot catalogs */
	unsigned n_places;
	char damage[80]; /* of descriptors behind the primary one; "": none */
};

/* Reads all descriptors; the first place is that of the descriptors themselves, and of what lies
 * before. Behind a good primary descriptor others may be damaged. The file system may announce more
 * blocks than there are. 0, or -1 with f filled. */
int volume_layout_read(struct volume_layout *v, struct block_reader *blocks, struct fail *f);

/* Adds what one block of the descriptors says. 0, or -1 where it is no descriptor or damaged. */
int volume_layout_add(struct volume_layout *v, const uint8_t block[BLOCK_BYTES]);

#endif
