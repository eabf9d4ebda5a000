/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the directory trees of an ISO 9660 file system (ECMA-119, 6.8 and 9; SUSP, Rock Ridge) into
 * a disc_tree.
 *
 * Each block is read as a directory once at most, and no more than TREE_READER_BYTES_MAX in all, so
 * that a circle, or a directory of an absurd size, comes to an end. One thread at a time.
 */
#ifndef IMAGE_TREE_READER_H
#define IMAGE_TREE_READER_H

#include <stdbool.h>

#include "image/disc_tree.h"
#include "image/volume_layout.h"
#include "util/block_reader.h"
#include "util/fail.h"

#define TREE_READER_BYTES_MAX ((uint64_t)1 << 30)

struct tree_reader;

/* All three are borrowed; damage takes the first thing that is found wrong. NULL with f filled. */
struct tree_reader *tree_reader_new(
	struct block_reader *blocks, struct disc_tree *tree, struct fail *damage, struct fail *f);

/* True where the root directory says that Rock Ridge is used. */
bool tree_reader_finds_rock_ridge(struct tree_reader *r, const struct volume_tree *root);

/* Adds a tree; of one that is not shown only the blocks of its directories. Damage is no failure.
 * 0, or -1 with f filled: no memory, too much of it, absurd sizes, a caught signal. */
int tree_reader_read(
	struct tree_reader *r, const struct volume_tree *root, bool is_shown, struct fail *f);

void tree_reader_free(struct tree_reader *r);

#endif
