/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The volume of a UDF file system (ECMA-167, 3; UDF 1.02 to 2.60): from the anchor to the root.
 *
 * Everything read is a stranger's. Once it is open nothing in it changes. */
#ifndef ISO_UDF_VOLUME_H
#define ISO_UDF_VOLUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iso/byte_reader.h"
#include "iso/disc_memory.h"
#include "iso/disc_node.h"
#include "iso/udf_partitions.h"
#include "iso/udf_structures.h"
#include "util/block_reader.h"
#include "util/fail.h"

struct udf_volume {
	struct udf_partitions partitions;
	struct disc_extent root; /* the entry of the root directory */
	uint16_t revision;       /* of UDF: 0x0102; 0: it is not said */
	uint64_t n_blocks;       /* that are recorded to belong to it, in blocks of the medium */
	struct udf_structures structures;
	bool used_copy; /* to open it, a mirror was read */
};

/* Opens the volume; memory as for disc_files_open. 0, or -1 with f filled: it is damaged, or of a
 * kind that is not supported, which the sentence names; nothing is left to close then. */
int udf_volume_open(
	struct udf_volume *v, struct block_reader *blocks, size_t memory, struct fail *f);

void udf_volume_close(struct udf_volume *v);

#endif
