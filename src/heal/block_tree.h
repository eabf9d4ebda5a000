/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tree of digests that the kernel's dm-verity has (Linux:
 * Documentation/admin-guide/device-mapper/ verity.rst, format 1): SHA-256 of a salt and a block of
 * 2048 bytes, 64 digests a block, level by level up to one block, whose digest is the root. It
 * stands with the highest level first.
 *
 * A builder gets the blocks in their order and hands out each block of the tree when it is full, so
 * that it needs one block of memory a level. One thread at a time. */
#ifndef HEAL_BLOCK_TREE_H
#define HEAL_BLOCK_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"
#include "util/sector.h"
#include "util/sha256.h"

enum {
	BLOCK_TREE_DIGESTS = BLOCK_BYTES / SHA256_BYTES, /* of a block of the tree */
	BLOCK_TREE_LEVELS_MAX = 8,                       /* enough for 2^48 blocks */
	BLOCK_TREE_SALT_BYTES = 32,
};

/* Where its levels are; level 0 has the digests of what the tree is over. */
struct block_tree_shape {
	unsigned n_levels;
	uint64_t n[BLOCK_TREE_LEVELS_MAX];     /* blocks of each level */
	uint64_t first[BLOCK_TREE_LEVELS_MAX]; /* from the tree's first block on */
	uint64_t n_blocks;                     /* of all */
};

/* The shape of a tree over n blocks, from 2 to 2^48. (Of one block dm-verity has no tree.) */
void block_tree_shape(struct block_tree_shape *s, uint64_t n);

/* What a tree is built or checked with. All borrowed. */
struct block_tree_hash {
	/* The digest of the salt and a block. */
	void (*digest)(void *ctx, const uint8_t block[BLOCK_BYTES], uint8_t out[SHA256_BYTES]);
	void *ctx;
	/* The same for n blocks one behind the other, and so are the digests. NULL: one by one. */
	void (*digest_run)(void *ctx, const uint8_t *blocks, size_t n, uint8_t *out);
};

/* Of blocks one behind the other; so are the digests. */
void block_tree_digest_run(
	const struct block_tree_hash *hash, const uint8_t *blocks, size_t n, uint8_t *digests);

struct block_tree_sink {
	/* Block at of the tree, counted from its first one; of each level they come in order. 0, or
	 * -1 with f filled. */
	int (*put)(void *ctx, uint64_t at, const uint8_t block[BLOCK_BYTES], struct fail *f);
	void *ctx;
};

struct block_tree;

/* A builder over n blocks. NULL with f filled. */
struct block_tree *block_tree_new(uint64_t n, const struct block_tree_hash *hash,
	const struct block_tree_sink *sink, struct fail *f);

/* The next block. After the n-th one all of the tree was put. 0, or -1 with f filled. */
int block_tree_add(struct block_tree *t, const uint8_t block[BLOCK_BYTES], struct fail *f);

/* The next n blocks, which stand one behind the other: faster than one by one. */
int block_tree_add_run(struct block_tree *t, const uint8_t *blocks, size_t n, struct fail *f);

/* The root, once all blocks were added. */
const uint8_t *block_tree_root(const struct block_tree *t);

void block_tree_free(struct block_tree *t);

#endif
