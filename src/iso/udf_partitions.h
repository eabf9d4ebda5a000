/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The partitions of a UDF volume, and where their logical blocks lie on the disc (ECMA-167, 3/10.7;
 * UDF 2.60, 2.2.8 to 2.2.13). */
#ifndef ISO_UDF_PARTITIONS_H
#define ISO_UDF_PARTITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iso/disc_extents.h"
#include "iso/disc_node.h"
#include "iso/udf_mirror.h"

enum { UDF_PARTITIONS_MAX = 8, UDF_BLOCK_BYTES_MAX = 4096 };

enum udf_partition_kind {
	UDF_PHYSICAL,
	UDF_VIRTUAL,  /* a table, written anew each time, says where each block lies */
	UDF_SPARABLE, /* packets that wore out lie elsewhere */
	UDF_METADATA, /* the blocks of a file of another partition */
};

struct udf_spare {
	uint32_t from, to; /* the first block of a packet: in the partition, on the disc */
};

struct udf_partition {
	enum udf_partition_kind kind;
	uint16_t number;
	uint64_t first, n_blocks; /* of the physical partition beneath, in logical blocks */
	uint32_t *places;         /* heap; virtual: of each block, in the physical partition */
	struct udf_spare *spares; /* heap; sparable */
	size_t n_places, n_spares;
	uint32_t packet_blocks;       /* sparable */
	struct disc_extents contents; /* metadata */
	uint64_t *starts; /* heap; metadata: what of the file each of these begins with */
};

struct udf_partitions {
	uint32_t block_bytes; /* of a logical block: 512 to UDF_BLOCK_BYTES_MAX */
	unsigned n;
	struct udf_partition at[UDF_PARTITIONS_MAX];
	struct udf_mirror mirror; /* of what lies in one of kind UDF_METADATA */
};

/* Finds n_bytes, at least 1, from a logical block on. *part: where the first of them lie, as many
 * as lie in one piece. False where the volume has no such block. */
bool udf_partitions_find(const struct udf_partitions *p, unsigned partition, uint32_t block,
	uint32_t n_bytes, struct disc_extent *part);

/* Takes the extents of the metadata file, which are p's from now on. 0, or -1 with f filled: no
 * memory, or too much of it. */
int udf_partitions_take_metadata(struct udf_partition *p, struct disc_extents *contents,
	struct disc_memory *memory, struct fail *f);

/* Frees what p holds. */
void udf_partitions_clear(struct udf_partitions *p);

#endif
