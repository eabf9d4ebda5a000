/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directories of ISO 9660 (ECMA-119, 6.8, 9.1), with Rock Ridge or Joliet where the tree has them,
 * read into listings (iso/disc_listing.h). They come from strangers. */
#ifndef ISO_ISO9660_LISTING_H
#define ISO_ISO9660_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include "iso/arena.h"
#include "iso/descriptors.h"
#include "iso/disc_listing.h"
#include "iso/disc_node.h"
#include "iso/large_files.h"
#include "util/block_reader.h"
#include "util/fail.h"

/* How to read the directories of a tree. */
struct iso9660_way {
	struct block_reader *blocks;
	size_t memory; /* granted (iso/disc_memory.h) */
	enum disc_tree_kind kind;
	const struct large_files *large; /* the files that UDF knows to be larger; NULL: none */
	int skip; /* at the start of each System Use area; -1: there is no Rock Ridge */
};

/* Finds the way for a tree, of which blocks and memory are filled in, and fills in the node of its
 * root; what that points to is the arena's. 0, or -1 with f filled. */
int iso9660_listing_find_way(struct iso9660_way *way, const struct disc_tree *tree,
	struct disc_node *root, struct arena *arena, struct fail *f);

/* True where the first block of dir has more than "." and "..". */
bool iso9660_listing_has_any(const struct iso9660_way *way, const struct disc_node *dir);

/* Reads dir. Any thread where the block_reader allows it. NULL with f filled: no memory, too much
 * of it, a caught signal. disc_listing_free. */
struct disc_listing *iso9660_listing_read(
	const struct iso9660_way *way, const struct disc_node *dir, struct fail *f);

#endif
