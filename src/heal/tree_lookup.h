/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digests of single blocks, out of a tree (heal/block_tree.h) that is read as they are asked for:
 * each of its blocks is compared with the one above it, from the root down. Those used last are
 * kept, 4 MiB at most. One thread at a time. */
#ifndef HEAL_TREE_LOOKUP_H
#define HEAL_TREE_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "heal/block_tree.h"
#include "heal/tree_check.h"
#include "util/fail.h"

/* All borrowed. */
struct tree_lookup_source {
	struct tree_check *check; /* reads blocks */
	uint64_t n;               /* blocks that the tree is over */
	uint64_t tree;            /* its first block */
	const uint8_t *root;      /* SHA256_BYTES */
	/* Fills out with what a block of the tree has to be, which is not so where it stands: by
	 * what is known already, or, with brings_back, by what can be found out. 1; 0: it can't;
	 * -1 with f filled. May ask for digests, but not for those below the block. NULL: nothing
	 * can. */
	int (*mend)(void *ctx, uint64_t block, const uint8_t wanted[SHA256_BYTES], bool brings_back,
		uint8_t out[BLOCK_BYTES], struct fail *f);
	void *ctx;
};

struct tree_lookup;

/* NULL with f filled. */
struct tree_lookup *tree_lookup_new(const struct tree_lookup_source *source, struct fail *f);

/* Fills digests with those of n blocks from at on, which have one block of the tree in common. 1;
 * 0: they are not known; -1 with f filled: a signal was caught. */
int tree_lookup_digests(struct tree_lookup *t, uint64_t at, uint32_t n, bool brings_back,
	uint8_t *digests, struct fail *f);

/* The same of a block of the tree itself, counted from its first one. */
int tree_lookup_digest_within(struct tree_lookup *t, uint64_t at, bool brings_back,
	uint8_t digest[SHA256_BYTES], struct fail *f);

void tree_lookup_free(struct tree_lookup *t);

#endif
