/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a UDF volume belongs to no file and no directory: descriptors, tables, the metadata
 * file's entries. A list of fixed size; what a stranger's disc has more of is left out. */
#ifndef ISO_UDF_STRUCTURES_H
#define ISO_UDF_STRUCTURES_H

#include <stdint.h>

#include "iso/disc_node.h"

enum { UDF_STRUCTURES_MAX = 48 };

struct udf_structures {
	struct disc_extent at[UDF_STRUCTURES_MAX];
	unsigned n;
};

/* Adds n_bytes from a block of the disc on, of block_bytes each. */
void udf_structures_add(
	struct udf_structures *s, uint32_t block_bytes, uint64_t block, uint64_t n_bytes);

#endif
