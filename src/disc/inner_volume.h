/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A volume that is a file of an unencrypted disc (-as-file), as a medium of its own. */
#ifndef DISC_INNER_VOLUME_H
#define DISC_INNER_VOLUME_H

#include <stddef.h>
#include <stdint.h>

#include "util/block_reader.h"
#include "util/fail.h"

/* Finds the regular file at path in the ISO 9660 file system that disc has, and opens it; it must
 * lie in one piece. memory as for disc_files_open. *first is its first block. disc is borrowed, and
 * outlives it. NULL with f filled: FAIL_MISMATCH for a disc that has no such file.
 * block_reader_free. */
struct block_reader *inner_volume_open(struct block_reader *disc, size_t memory, const char *path,
	uint64_t *first, struct fail *f);

#endif
