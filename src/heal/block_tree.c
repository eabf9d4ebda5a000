/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/block_tree.h"

#include <stdlib.h>
#include <string.h>

struct block_tree {
	struct block_tree_shape shape;
	struct block_tree_hash hash;
	struct block_tree_sink sink;
	uint64_t n_left; /* of the blocks that the tree is over */
	struct {
		uint8_t block[BLOCK_BYTES]; /* the one that is being filled */
		unsigned n_digests;         /* in it */
		uint64_t n_put;             /* blocks before it */
	} levels[BLOCK_TREE_LEVELS_MAX];
	uint8_t root[SHA256_BYTES];
};

void block_tree_shape(struct block_tree_shape *s, uint64_t n)
{
	uint64_t first = 0;

	*s = (struct block_tree_shape){ 0 };
	do {
		n = (n + BLOCK_TREE_DIGESTS - 1) / BLOCK_TREE_DIGESTS;
		s->n[s->n_levels++] = n;
		s->n_blocks += n;
	} while (n > 1);
	for (unsigned level = s->n_levels; level-- > 0; first += s->n[level])
		s->first[level] = first;
}

void block_tree_digest_run(
	const struct block_tree_hash *hash, const uint8_t *blocks, size_t n, uint8_t *digests)
{
	if (hash->digest_run) {
		hash->digest_run(hash->ctx, blocks, n, digests);
		return;
	}
	for (size_t i = 0; i < n; i++)
		hash->digest(hash->ctx, blocks + i * BLOCK_BYTES, digests + i * SHA256_BYTES);
}

struct block_tree *block_tree_new(uint64_t n, const struct block_tree_hash *hash,
	const struct block_tree_sink *sink, struct fail *f)
{
	struct block_tree *t = calloc(1, sizeof *t);

	if (!t) {
		fail_memory(f);
		return NULL;
	}
	block_tree_shape(&t->shape, n);
	t->hash = *hash;
	t->sink = *sink;
	t->n_left = n;
	return t;
}

/* Adds a digest to a level; where that fills its block, or is the last one, the block goes out, and
 * its digest to the level above. */
static int add_digest(struct block_tree *t, unsigned level, uint8_t *digest, struct fail *f)
{
	for (;; level++) {
		uint64_t at = t->shape.first[level] + t->levels[level].n_put;
		uint8_t *block = t->levels[level].block;

		memcpy(block + SHA256_BYTES * t->levels[level].n_digests++, digest, SHA256_BYTES);
		if (t->levels[level].n_digests < BLOCK_TREE_DIGESTS && t->n_left > 0)
			return 0;
		if (t->sink.put(t->sink.ctx, at, block, f))
			return -1;
		t->hash.digest(t->hash.ctx, block, digest);
		memset(block, 0, BLOCK_BYTES);
		t->levels[level].n_digests = 0;
		t->levels[level].n_put++;
		if (level + 1 == t->shape.n_levels)
			break;
	}
	memcpy(t->root, digest, SHA256_BYTES);
	return 0;
}

int block_tree_add(struct block_tree *t, const uint8_t block[BLOCK_BYTES], struct fail *f)
{
	return block_tree_add_run(t, block, 1, f);
}

int block_tree_add_run(struct block_tree *t, const uint8_t *blocks, size_t n, struct fail *f)
{
	uint8_t digests[BLOCK_TREE_DIGESTS][SHA256_BYTES];

	for (size_t run; n > 0; n -= run, blocks += run * BLOCK_BYTES) {
		run = n < BLOCK_TREE_DIGESTS ? n : BLOCK_TREE_DIGESTS;
		block_tree_digest_run(&t->hash, blocks, run, digests[0]);
		for (size_t i = 0; i < run; i++) {
			t->n_left--;
			if (add_digest(t, 0, digests[i], f))
				return -1;
		}
	}
	return 0;
}

const uint8_t *block_tree_root(const struct block_tree *t)
{
	return t->root;
}

void block_tree_free(struct block_tree *t)
{
	free(t);
}
