/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/root_search.h"

#include <string.h>

/* What may be the tree's first block. */
struct candidate {
	uint8_t block[BLOCK_BYTES];
	int n_right; /* digests that are those of the blocks below */
};

static void digest(
	const struct code_blocks *blocks, const uint8_t *block, uint8_t out[SHA256_BYTES])
{
	const struct block_tree_hash *hash = blocks->check->hash;

	hash->digest(hash->ctx, block, out);
}

/* How many of the blocks below it a candidate has the digests of. */
static int count_right(const struct code_blocks *blocks, struct candidate *c, struct fail *f)
{
	const struct heal_layout *l = blocks->layout;
	struct block_tree_shape shape;
	uint8_t block[BLOCK_BYTES], is[SHA256_BYTES];
	struct heal_area below = { 0, l->choice.n_data };

	block_tree_shape(&shape, l->choice.n_data);
	if (shape.n_levels > 1)
		below = (struct heal_area){ l->tree.first + shape.first[shape.n_levels - 2],
			shape.n[shape.n_levels - 2] };
	for (uint64_t i = 0; i < below.n; i++) {
		if (tree_check_read(blocks->check, below.first + i, 1, block, f))
			return -1;
		digest(blocks, block, is);
		c->n_right += !memcmp(is, c->block + i * SHA256_BYTES, sizeof is);
	}
	return 0;
}

/* Has the code make the block out of its column, as if it were lost. */
static int solve(const struct code_blocks *blocks, struct fail *f)
{
	const struct heal_layout *l = blocks->layout;
	uint64_t top = l->tree.first, column = l->choice.n_data % l->choice.row_blocks;
	uint8_t *state = &blocks->check->states[top];
	struct code_strip s;
	int result;

	if (!block_state_is_missing(*state))
		*state = BLOCK_DIFFERS;
	result = code_strip_open(&s, blocks, false, f);
	if (result == 0) {
		code_strip_place(&s, column);
		s.n = 1;
		result = code_strip_read(&s, f) || code_strip_solve(&s, 0, f) ? -1 : 0;
	}
	code_strip_close(&s);
	return result;
}

int root_search_run(const struct code_blocks *blocks, uint8_t root[SHA256_BYTES], struct fail *f)
{
	const struct heal_layout *l = blocks->layout;
	struct candidate candidates[3] = { 0 };
	const uint64_t places[] = { l->tree.first, l->upper.first, l->tree.first };
	int best = 0;

	for (uint64_t i = 0; i < l->check.first; i++)
		if (blocks->check->states[i] == BLOCK_UNCHECKED)
			blocks->check->states[i] = BLOCK_UNKNOWN;
	for (int i = 0; i < 3; i++) {
		if ((i == 2 && solve(blocks, f)) ||
			tree_check_read(blocks->check, places[i], 1, candidates[i].block, f) ||
			count_right(blocks, &candidates[i], f))
			return -1;
		if (candidates[i].n_right > candidates[best].n_right)
			best = i;
	}
	if (candidates[best].n_right == 0)
		return 0;
	if (blocks->put(blocks->ctx, l->tree.first, candidates[best].block, f))
		return -1;
	digest(blocks, candidates[best].block, root);
	return 1;
}
