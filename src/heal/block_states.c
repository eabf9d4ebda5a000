/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/block_states.h"

#include <string.h>

void block_states_count(const uint8_t *states, struct heal_area area, uint64_t counts[BLOCK_STATES])
{
	memset(counts, 0, BLOCK_STATES * sizeof *counts);
	for (uint64_t i = 0; i < area.n; i++)
		counts[states[area.first + i]]++;
}

/* The bad symbols of a column of the rows' code, its parity among them. */
static unsigned count_row_column(
	const struct heal_layout *l, const uint8_t *states, uint64_t column)
{
	unsigned n = 0;

	for (uint64_t at = column; at < l->n_covered; at += l->choice.row_blocks)
		n += block_state_is_bad(states[heal_layout_covered(l, at)]);
	for (uint64_t at = column; at < l->rows.n; at += l->choice.row_blocks)
		n += block_state_is_bad(states[l->rows.first + at]);
	return n;
}

/* The same of the kernel's code, whose parity is side by side: what is in a bad block is bad. */
static unsigned count_kernel_column(
	const struct heal_layout *l, const uint8_t *states, uint64_t column)
{
	unsigned n_roots = l->choice.n_roots, n = 0;

	for (uint64_t at = column; at < l->n_covered; at += l->kernel_stride)
		n += block_state_is_bad(states[heal_layout_covered(l, at)]);
	for (unsigned j = 0; j < n_roots; j++)
		if (block_state_is_bad(states[l->kernel.first + column * n_roots + j]))
			return n + n_roots;
	return n;
}

/* Marks a column's data as healed; how many blocks that were. */
static uint64_t heal_column(
	const struct heal_layout *l, uint8_t *states, uint64_t column, uint64_t stride)
{
	uint64_t n = 0;

	for (uint64_t at = column; at < l->n_covered; at += stride) {
		uint8_t *state = &states[heal_layout_covered(l, at)];

		n += block_state_is_bad(*state);
		if (block_state_is_bad(*state))
			*state = BLOCK_HEALED;
	}
	return n;
}

static uint64_t heal_all_columns(const struct heal_layout *l, uint8_t *states)
{
	uint64_t n = 0;

	for (uint64_t column = 0; column < l->choice.row_blocks; column++)
		if (count_row_column(l, states, column) <= l->choice.n_rows)
			n += heal_column(l, states, column, l->choice.row_blocks);
	for (uint64_t column = 0; column < l->kernel_stride; column++)
		if (count_kernel_column(l, states, column) <= l->choice.n_roots)
			n += heal_column(l, states, column, l->kernel_stride);
	return n;
}

void block_states_outlook(struct block_outlook *o, const struct heal_layout *l,
	const uint8_t *states, uint8_t *healed)
{
	*o = (struct block_outlook){ 0 };
	memcpy(healed, states, l->end);
	for (uint64_t i = 0; i < l->check.first; i++)
		o->n_bad += block_state_is_bad(states[i]);
	for (uint64_t column = 0; column < l->choice.row_blocks; column++) {
		unsigned n = count_row_column(l, states, column);

		if (n > o->n_worst_bad)
			o->n_worst_bad = n;
	}
	while (o->n_bad && heal_all_columns(l, healed))
		;
	for (uint64_t i = 0; i < l->choice.n_data; i++)
		o->n_lost += block_state_is_bad(healed[i]);
	for (uint64_t i = l->tree.first; i < l->tree.first + l->tree.n; i++)
		o->n_lost_tree += block_state_is_bad(healed[i]);
}

static bool is_wrong(uint8_t state)
{
	return state != BLOCK_RIGHT;
}

static uint64_t next_run(const uint8_t *states, struct heal_area area, uint64_t at, uint64_t *first,
	bool (*is_one)(uint8_t state))
{
	uint64_t end = area.first + area.n;

	while (at < end && !is_one(states[at]))
		at++;
	*first = at;
	while (at < end && is_one(states[at]))
		at++;
	return at - *first;
}

uint64_t block_states_next_wrong(
	const uint8_t *states, struct heal_area area, uint64_t at, uint64_t *first)
{
	return next_run(states, area, at, first, is_wrong);
}

uint64_t block_states_next_bad(
	const uint8_t *states, struct heal_area area, uint64_t at, uint64_t *first)
{
	return next_run(states, area, at, first, block_state_is_bad);
}
