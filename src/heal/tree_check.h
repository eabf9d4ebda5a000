/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares blocks with a tree of digests (heal/block_tree.h), from the root down: what stands under
 * a block that is not right is not known. Reads in order, with the tree's digests in pieces
 * between. */
#ifndef HEAL_TREE_CHECK_H
#define HEAL_TREE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "heal/block_states.h"
#include "heal/block_tree.h"
#include "util/block_reader.h"
#include "util/fail.h"
#include "util/progress.h"

/* All borrowed. */
struct tree_check {
	struct block_reader *reader;
	uint8_t *states; /* of all blocks */
	const struct block_tree_hash *hash;
	const struct progress_watch *watch; /* may be NULL */
	uint64_t n_done;                    /* blocks that were read, for the watch */
	uint64_t n_healed;                  /* blocks that had been healed, and were found right */
};

/* The tree whose first block is at tree, over an area. Each block of both gets its state; with
 * is_again only what is not right is looked at. What was missing stays so, and what can't be
 * read gets to be unreadable; zeros are in its place. A caught signal ends it. 0, or -1 with f
 * filled. */
int tree_check_run(struct tree_check *c, struct heal_area of, uint64_t tree,
	const uint8_t root[SHA256_BYTES], bool is_again, struct fail *f);

/* Reads n blocks into buf; what can't be read is unreadable from then on, and zeros, as is what is
 * missing. 0, or -1 with
 * f filled: a signal was caught. */
int tree_check_read(struct tree_check *c, uint64_t block, uint32_t n, uint8_t *buf, struct fail *f);

#endif
