/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An ISO 9660 file system (ECMA-119) with Rock Ridge or Joliet, read through a block_reader: which
 * file lies where.
 *
 * Names are Rock Ridge's where there are any, else Joliet's, else the plain ones. Everything read
 * is taken for a stranger's: nothing is followed out of the medium or in a circle, and memory stays
 * below DISC_TREE_BYTES_MAX. libisofs' own reader does not serve here: it follows a directory that
 * contains itself for ever and reads on behind damaged records (1.5.4); so this one needs no
 * library, and may be open while a tree is.
 *
 * A directory that can't be read, or makes no sense, does not hide the rest: see
 * file_system_damage. One thread at a time.
 */
#ifndef IMAGE_FILE_SYSTEM_H
#define IMAGE_FILE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/block_reader.h"
#include "util/fail.h"

struct file_system;

/* Reads the volume descriptors and all directories. blocks is borrowed, and not needed afterwards.
 * NULL with f filled: no ISO 9660 file system is there, or it can't be read; it announces more
 * blocks than there are; it has more names than memory is granted; a caught signal. */
struct file_system *file_system_open(struct block_reader *blocks, struct fail *f);

/* The first thing that was found wrong with the directories (unreadable, damaged, a circle, a file
 * behind the end of the medium), which may be incomplete then; NULL: nothing. */
const struct fail *file_system_damage(const struct file_system *fs);

/* What lies in a range of blocks; nothing of all this: the blocks are unused. */
struct file_system_range {
	size_t n_files;       /* paths of files, hard links one by one */
	size_t n_directories; /* paths of directories */
	bool has_structure;   /* descriptors, path tables, directories, the fields of names */
};

/* Looks at n_blocks from lba on, and calls found, which may be NULL, for each path: of files
 * "/a/b", of directories "/a/". The path lives during the call; its bytes are as they are on the
 * disc (message_escape). A file in several separate places may come once for each. */
struct file_system_range file_system_files_at(const struct file_system *fs, uint64_t lba,
	uint64_t n_blocks, void (*found)(void *ctx, const char *path), void *ctx);

void file_system_close(struct file_system *fs);

#endif
