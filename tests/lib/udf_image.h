/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A UDF volume made by hand, in memory, with all kinds of files: udf_image_make, then what is to be
 * changed about it. */
#ifndef TESTS_LIB_UDF_IMAGE_H
#define TESTS_LIB_UDF_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iso/udf_partitions.h"
#include "util/block_reader.h"

/* In logical blocks. The partition's metadata and data begin within it; packets that wore out lie
 * before it. */
enum {
	UDF_MAIN = 80,
	UDF_RESERVE = 100,
	UDF_SPARES = 200,
	UDF_SPARE_PACKET = 208,
	UDF_FIRST = 300,
	UDF_METADATA_MAIN = 0, /* in the partition, like what follows */
	UDF_METADATA_MIRROR = 1,
	UDF_DATA = 100,
	UDF_PARTITION_BLOCKS = 300,
	UDF_BLOCKS = 900,
};

/* In the partition that has the file entries. */
enum {
	UDF_FSD,
	UDF_ROOT,
	UDF_ROOT_DATA,
	UDF_HELLO,
	UDF_TWO,
	UDF_HOLE,
	UDF_CHAIN,
	UDF_CHAIN_MORE,
	UDF_SUB,
	UDF_LINK,
	UDF_DEVICE,
	UDF_FIFO,
	UDF_NAME,
	UDF_N_ENTRIES,
};

struct udf_image {
	enum udf_partition_kind kind;
	uint32_t block_bytes;
	uint64_t bad_lba; /* can't be read; 0: all can */
	uint8_t *bytes;   /* heap */
	size_t n_bytes;
	struct block_reader blocks;
};

/* Makes it; i stays where it is. */
void udf_image_make(struct udf_image *i, enum udf_partition_kind kind, uint32_t block_bytes);

/* A logical block of the disc, of the partition, and of the one that has the file entries. */
uint8_t *udf_image_block(struct udf_image *i, uint32_t block);
uint8_t *udf_image_data(struct udf_image *i, uint32_t block);
uint8_t *udf_image_entry(struct udf_image *i, uint32_t block);

/* Records the metadata a second time, in other pieces, which the volume then says; of UDF_METADATA.
 */
void udf_image_double(struct udf_image *i);

/* The copy of udf_image_entry, once there is one. */
uint8_t *udf_image_copy(struct udf_image *i, uint32_t block);

/* Makes the sums of a descriptor right again. */
void udf_image_seal(uint8_t *descriptor, size_t n_bytes);

/* Frees what i holds. */
void udf_image_clear(struct udf_image *i);

#endif
