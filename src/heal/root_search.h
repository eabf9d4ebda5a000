/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the root of a tree of digests whose records are all lost, by the tree's first block: as it
 * is, its copy, or what the rows' code makes of its column; whichever agrees with most of the
 * digests below it. Nothing proves it then. */
#ifndef HEAL_ROOT_SEARCH_H
#define HEAL_ROOT_SEARCH_H

#include "heal/block_tree.h"
#include "heal/code_strip.h"
#include "util/fail.h"

/* Fills root, and puts the block. Blocks that were not checked are unknown from then
 * on. 1; 0: there is none; -1 with f filled. */
int root_search_run(const struct code_blocks *blocks, uint8_t root[SHA256_BYTES], struct fail *f);

#endif
