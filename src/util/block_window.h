/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A part of what a block_reader reads, as a reader of its own: its block 0 is block first of the
 * whole. */
#ifndef UTIL_BLOCK_WINDOW_H
#define UTIL_BLOCK_WINDOW_H

#include <stdint.h>

#include "util/block_reader.h"
#include "util/fail.h"

/* n_blocks from first on, all of which the whole has. It is borrowed, and any number of threads may
 * read the part where they may read the whole. The LBA of a failure is the whole's. NULL with f
 * filled. block_reader_free. */
struct block_reader *block_window_new(
	struct block_reader *whole, uint64_t first, uint64_t n_blocks, struct fail *f);

#endif
