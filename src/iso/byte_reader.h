/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads bytes at any place of a disc. What was read last is kept, as small things that are read one
 * after the other often lie side by side. One thread at a time. */
#ifndef ISO_BYTE_READER_H
#define ISO_BYTE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iso/disc_node.h"
#include "util/block_reader.h"
#include "util/fail.h"
#include "util/sector.h"

enum { BYTE_READER_BLOCKS = 16 };

/* All zeros at first except blocks, which is borrowed. */
struct byte_reader {
	struct block_reader *blocks;
	uint64_t n_bytes_read; /* all that was asked for */
	bool used_copy;        /* something was taken from a copy of it (iso/udf_mirror.h) */
	uint64_t lba;
	uint32_t n; /* blocks that are kept */
	uint8_t kept[BYTE_READER_BLOCKS * BLOCK_BYTES];
};

/* n bytes, from the one at on, counted from the start of the disc. 0, or -1 with f filled. */
int byte_reader_read(struct byte_reader *r, uint64_t at, size_t n, uint8_t *buf, struct fail *f);

/* Where an extent begins, counted in bytes. */
uint64_t byte_reader_place(const struct disc_extent *extent);

#endif
