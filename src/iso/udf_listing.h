/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directories of UDF (ECMA-167, 4/14.4), read into listings (iso/disc_listing.h) with the file
 * entries that they name. They come from strangers. */
#ifndef ISO_UDF_LISTING_H
#define ISO_UDF_LISTING_H

#include <stddef.h>

#include "iso/disc_listing.h"
#include "iso/disc_node.h"
#include "iso/udf_volume.h"
#include "util/block_reader.h"
#include "util/fail.h"

/* Fills in the node of the root; what that points to is the arena's. 0, or -1 with f filled: the
 * root can't be read. */
int udf_listing_find_root(const struct udf_volume *v, struct block_reader *blocks, size_t memory,
	struct disc_node *root, struct arena *arena, struct fail *f);

/* Reads dir, as iso9660_listing_read does. */
struct disc_listing *udf_listing_read(const struct udf_volume *v, struct block_reader *blocks,
	size_t memory, const struct disc_node *dir, struct fail *f);

#endif
