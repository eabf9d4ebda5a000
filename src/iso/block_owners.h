/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the files and directories of an ISO 9660 file system that lie in ranges of blocks.
 *
 * It walks the whole file system (iso/disc_walk.h), with its limits and its memory. In a damaged
 * file system it finds what can still be read. One thread at a time. */
#ifndef ISO_BLOCK_OWNERS_H
#define ISO_BLOCK_OWNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/block_reader.h"
#include "util/fail.h"

/* Ranges may overlap. If nothing is found, the blocks are unused. */
struct block_range {
	uint64_t lba, n_blocks;
	/* found: */
	size_t n_files;       /* paths of files, hard links one by one */
	size_t n_directories; /* paths of directories */
	bool has_structure;   /* descriptors, path tables, directories, the fields of names */
};

/* Looks for those that blocks, which is borrowed, has in n ranges, and adds to what was found;
 * memory as for disc_files_open.
 * tell, which may be NULL, is called for each path in each range: of files "/a/b", of directories
 * "/a/"; it lives during the call, its bytes are as they are on the disc (message_escape). 0, or -1
 * with f filled: there is no ISO 9660 file system, it has more in it than is kept in memory, a
 * caught signal. */
int block_owners_find(struct block_reader *blocks, size_t memory, struct block_range *ranges,
	size_t n, void (*tell)(void *ctx, const struct block_range *range, const char *path),
	void *ctx, struct fail *f);

#endif
