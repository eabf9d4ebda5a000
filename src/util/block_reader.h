/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Something that 2048-byte blocks can be read from: a file, a drive, a decryptor around another
 * reader.
 *
 * The maker fills in the functions; the owner calls block_reader_free. One thread at a time.
 */
#ifndef UTIL_BLOCK_READER_H
#define UTIL_BLOCK_READER_H

#include <stdint.h>

#include "util/fail.h"

struct block_reader {
	/* Reads n blocks from lba into buf (n * BLOCK_BYTES bytes). 0, or -1 with f filled:
	 * FAIL_FAILED and the LBA as object for a read error, also for a range that ends after
	 * n_blocks. */
	int (*read)(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f);
	void (*free)(void *ctx);
	void *ctx;
	uint64_t n_blocks;
	/* of a file, after the last whole block: block_reader_read can't read them; read gives
	 * them as block n_blocks, filled up with zeros */
	uint32_t n_tail_bytes;
	/* where the session begins whose file system is to be read, which has all block numbers
	 * from block 0 on; 0, also where there is none (iso/descriptors.h) */
	uint64_t session_lba;
};

/* Calls read after checking the range. */
int block_reader_read(
	struct block_reader *r, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f);

/* Opens a file or block device of any size (a tail shorter than a block is left out); any number of
 * threads may read it at once. A read that fails is repeated block by block: the first bad one is
 * the failure's object, and those before it are in buf. The caller frees. NULL with f filled:
 * FAIL_DRIVE where a device is missing or empty, FAIL_USAGE for what has no random access (a
 * directory, a FIFO), FAIL_MISMATCH for less than one block. */
struct block_reader *block_reader_open_file(const char *path, struct fail *f);

/* The same, but each read is tried once, and past the kernel's cache where it is a device's, as the
 * cache reads more than it was asked for and tries what fails again, for each of its pages: here a
 * read of 64 KiB is one command of the drive. One thread at a time. */
struct block_reader *block_reader_open_once(const char *path, struct fail *f);

/* The same as block_reader_open_file for a file of any length: a tail shorter than a block is
 * filled up with zeros. */
struct block_reader *block_reader_open_padded(const char *path, struct fail *f);

/* A reader of n_blocks of the whole, which has them all, starting at first; the whole is borrowed.
 * The LBA of a failure is the whole's. NULL with f filled. */
struct block_reader *block_reader_window(
	struct block_reader *whole, uint64_t first, uint64_t n_blocks, struct fail *f);

/* A reader of all that the whole, which is borrowed, has from first_byte on, which may lie inside a
 * block; nothing, if that is behind the end. Any number of threads may read it at once if they may
 * read the whole. The LBA of a failure is the whole's, and the blocks before it are in buf. NULL
 * with f filled. */
struct block_reader *block_reader_rest(
	struct block_reader *whole, uint64_t first_byte, struct fail *f);

/* A reader of n_blocks in memory, which is borrowed, as is the value itself: it is not freed. */
struct block_reader block_reader_in_memory(const uint8_t *bytes, uint64_t n_blocks);

/* Frees reader and what it reads from. NULL does nothing. */
void block_reader_free(struct block_reader *r);

#endif
