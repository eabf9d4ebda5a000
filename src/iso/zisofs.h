/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that were compressed before they were put on the disc, block by block, by mkzftree or
 * xorriso (libisofs: doc/zisofs_format.txt; Linux: fs/isofs/compress.c): version 1, with zlib. They
 * come from strangers: whatever is read, no more than two blocks are in memory. Any thread. */
#ifndef ISO_ZISOFS_H
#define ISO_ZISOFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"

/* What the field ZF of Rock Ridge says of a file; block_log2 0: it is not compressed. */
struct zisofs {
	uint32_t n_bytes; /* uncompressed */
	uint8_t block_log2;
};

/* Reads the field, of n bytes. False where it is of another kind than the kernel reads. */
bool zisofs_parse(struct zisofs *z, const uint8_t *field, size_t n);

/* The bytes as they are stored, n_bytes in all. */
struct zisofs_stored {
	int (*read)(void *ctx, uint64_t offset, size_t n, uint8_t *buf, struct fail *f);
	void *ctx;
	uint64_t n_bytes;
};

/* Uncompresses n bytes from offset on, fewer at the end; *n_read says how many. 0, or -1 with f
 * filled: they can't be read, or are damaged. */
int zisofs_read(const struct zisofs *z, const struct zisofs_stored *stored, uint64_t offset,
	size_t n, uint8_t *buf, size_t *n_read, struct fail *f);

#endif
