/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a UDF partition of type 2 needs to find its blocks: a sparing table, a virtual allocation
 * table, or where the metadata file lies (UDF 2.60, 2.2.8 to 2.2.13). They come from strangers. */
#ifndef ISO_UDF_TABLES_H
#define ISO_UDF_TABLES_H

#include <stdint.h>

#include "iso/byte_reader.h"
#include "iso/disc_memory.h"
#include "iso/udf_partitions.h"
#include "iso/udf_structures.h"
#include "util/fail.h"

/* What they are read from, and where they go; all borrowed. */
struct udf_tables {
	struct byte_reader *bytes;
	struct udf_partitions *partitions; /* whose maps are all taken */
	struct udf_structures *structures; /* the blocks of the tables are added */
	struct disc_memory *memory;
	struct fail *f;
};

/* Loads those of a partition, whose map it is; of a physical one nothing. They are freed with the
 * partitions. 0, or -1 with t->f filled: they are damaged, or take too much memory. */
int udf_tables_load(struct udf_tables *t, unsigned partition, const uint8_t *map);

#endif
