/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File entries of UDF (ECMA-167, 4/14.9, 4/14.17; UDF 2.60, 2.3.5, 2.3.6): what is recorded of a
 * file or directory except its names, and where its bytes lie. They come from strangers. */
#ifndef ISO_UDF_ENTRY_H
#define ISO_UDF_ENTRY_H

#include <stdint.h>

#include "iso/byte_reader.h"
#include "iso/disc_extents.h"
#include "iso/disc_memory.h"
#include "iso/disc_node.h"
#include "iso/udf_partitions.h"
#include "util/fail.h"

/* Kinds of files that are none to a user (ECMA-167, 4/14.6.6; UDF 2.60, 2.2.10, 2.2.13). */
enum { UDF_TYPE_UNSPECIFIED, UDF_TYPE_TABLE = 248, UDF_TYPE_METADATA = 250, UDF_TYPE_MIRROR };

struct udf_entry {
	struct disc_node node; /* without name, target and extents; with damage where there is some
				*/
	uint8_t type;
	struct disc_extents extents; /* the caller starts with zeros, and clears it at the end */
};

/* Finds the place of the entry in a logical block. False where the volume has no such block. */
bool udf_entry_find(const struct udf_partitions *p, unsigned partition, uint32_t block,
	struct disc_extent *place);

/* Reads the entry at that place. What is wrong becomes the node's damage; a node whose mode is 0
 * has none there. 0, or -1 with f filled: no memory, or too much of it. */
int udf_entry_read(const struct udf_partitions *p, struct byte_reader *r, struct disc_extent place,
	struct udf_entry *e, struct disc_memory *memory, struct fail *f);

/* Reads n bytes from offset on, all within the extents, as udf_mirror_read does; holes are zeros.
 * *from and *start say in
 * which extent the last call ended, and what offset that begins with: zeros at first. 0, or -1. */
int udf_entry_bytes(const struct disc_extents *extents, struct byte_reader *r,
	const struct udf_mirror *mirror, enum udf_mirror_which which, uint32_t *from,
	uint64_t *start, uint64_t offset, size_t n, uint8_t *buf);

#endif
