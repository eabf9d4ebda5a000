/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/copies_check.h"

#include <string.h>

#include "heal/block_states.h"

/* What a block has to be. */
struct wanted {
	uint8_t bytes[HEAL_RECORD_BLOCKS * BLOCK_BYTES];
	const uint8_t *block; /* within bytes; NULL: unknown */
};

static bool is_in(const struct heal_area *area, uint64_t block)
{
	return block >= area->first && block - area->first < area->n;
}

/* As the block that it is a copy of. */
static int want_copy(struct tree_check *c, uint64_t original, struct wanted *w, struct fail *f)
{
	if (c->states[original] != BLOCK_RIGHT)
		w->block = NULL;
	return w->block ? tree_check_read(c, original, 1, w->bytes, f) : 0;
}

static void want_record(const struct heal_record *r, const struct heal_area *area,
	enum heal_record_kind kind, uint64_t block, struct wanted *w)
{
	heal_record_with_text(r, kind, w->bytes);
	w->block = w->bytes + (block - area->first) * BLOCK_BYTES;
}

static int want(struct tree_check *c, const struct heal_record *r, uint64_t block, struct wanted *w,
	struct fail *f)
{
	const struct heal_layout *l = &r->layout;

	memset(w->bytes, 0, BLOCK_BYTES);
	w->block = w->bytes;
	if (is_in(&l->front, block))
		want_record(r, &l->front, HEAL_RECORD_FRONT, block, w);
	else if (is_in(&l->late, block))
		want_record(r, &l->late, HEAL_RECORD_BACK, block, w);
	else if (is_in(&l->last, block))
		want_record(r, &l->last, HEAL_RECORD_BACK, block, w);
	else if (is_in(&l->superblock, block))
		heal_record_superblock(r, w->bytes);
	else if (is_in(&l->header, block))
		return want_copy(c, block - l->header.first, w, f);
	else if (is_in(&l->upper, block))
		return want_copy(c, l->tree.first + block - l->upper.first, w, f);
	return 0;
}

static int check(struct tree_check *c, const struct heal_record *r, uint64_t block, struct fail *f)
{
	uint8_t bytes[BLOCK_BYTES], *state = &c->states[block];
	struct wanted w;

	if (tree_check_read(c, block, 1, bytes, f))
		return -1;
	if (block_state_is_missing(*state))
		return 0;
	if (want(c, r, block, &w, f))
		return -1;
	*state = !w.block                              ? BLOCK_UNKNOWN
		 : memcmp(bytes, w.block, BLOCK_BYTES) ? BLOCK_DIFFERS
						       : BLOCK_RIGHT;
	return 0;
}

int copies_check_run(struct tree_check *c, const struct heal_record *r, struct fail *f)
{
	const struct heal_layout *l = &r->layout;
	uint64_t parity_end = l->check.first + l->check.n;

	for (uint64_t block = l->choice.n_data; block < l->end; block++)
		if (!is_in(&l->tree, block) && (block < l->kernel.first || block >= parity_end) &&
			check(c, r, block, f))
			return -1;
	return 0;
}
