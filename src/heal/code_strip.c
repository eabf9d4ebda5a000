/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/code_strip.h"

#include <stdlib.h>
#include <string.h>

static uint8_t column_state(uint8_t state)
{
	return block_state_is_bad(state) ? COLUMN_LOST
	       : state == BLOCK_UNKNOWN  ? COLUMN_UNKNOWN
					 : COLUMN_RIGHT;
}

/* Parity follows the data. */
uint8_t *code_strip_bytes(const struct code_strip *s, unsigned symbol, uint32_t n)
{
	return s->data + ((size_t)symbol * s->blocks->n_columns + n) * BLOCK_BYTES;
}

static uint8_t *parity_in(const struct code_strip *s, unsigned j, uint32_t n)
{
	return code_strip_bytes(s, s->n_data + j, n);
}

bool code_strip_find(const struct code_strip *s, unsigned symbol, uint32_t n, uint64_t *block)
{
	uint64_t at = symbol * s->stride + s->first + n;

	*block = heal_layout_covered(s->blocks->layout, at);
	return at < s->blocks->layout->n_covered;
}

int code_strip_open(
	struct code_strip *s, const struct code_blocks *blocks, bool is_kernel, struct fail *f)
{
	const struct heal_layout *l = blocks->layout;
	size_t unit = (size_t)blocks->n_columns * BLOCK_BYTES;

	*s = (struct code_strip){ .blocks = blocks,
		.is_kernel = is_kernel,
		.stride = is_kernel ? l->kernel_stride : l->choice.row_blocks,
		.n_data = is_kernel ? RS_CODE_SYMBOLS - l->choice.n_roots : l->n_symbols,
		.n_parity = is_kernel ? l->choice.n_roots : l->choice.n_rows };
	s->data = malloc(unit * ((size_t)s->n_data + 2 * (size_t)s->n_parity));
	if (!s->data)
		return fail_memory(f);
	s->woven = s->data + unit * ((size_t)s->n_data + s->n_parity);
	s->solver = column_solver_new(s->n_data, s->n_parity, f);
	return s->solver ? 0 : -1;
}

void code_strip_close(struct code_strip *s)
{
	free(s->data);
	column_solver_free(s->solver);
}

void code_strip_place(struct code_strip *s, uint64_t first)
{
	uint64_t left = s->stride - first;

	s->first = first;
	s->n = left < s->blocks->n_columns ? (uint32_t)left : s->blocks->n_columns;
}

bool code_strip_has_lost(const struct code_strip *s)
{
	uint64_t block;

	for (unsigned i = 0; i < s->n_data; i++)
		for (uint32_t n = 0; n < s->n; n++)
			if (code_strip_find(s, i, n, &block) &&
				block_state_is_bad(s->blocks->check->states[block]))
				return true;
	return false;
}

/* Reads a run of what is covered; behind it are zeros. */
static int read_covered(
	const struct code_strip *s, uint64_t at, uint32_t n, uint8_t *buf, struct fail *f)
{
	const struct heal_layout *l = s->blocks->layout;

	while (n > 0 && at < l->n_covered) {
		uint64_t seam = at < l->choice.n_data ? l->choice.n_data : l->n_covered;
		uint32_t run = seam - at < n ? (uint32_t)(seam - at) : n;

		if (tree_check_read(s->blocks->check, heal_layout_covered(l, at), run, buf, f))
			return -1;
		buf += (size_t)run * BLOCK_BYTES;
		at += run;
		n -= run;
	}
	memset(buf, 0, (size_t)n * BLOCK_BYTES);
	return 0;
}

/* The kernel has the bytes of a code word's parity side by side. */
static int read_kernel_parity(struct code_strip *s, struct fail *f)
{
	if (tree_check_read(s->blocks->check,
		    s->blocks->layout->kernel.first + s->first * s->n_parity, s->n * s->n_parity,
		    s->woven, f))
		return -1;
	for (uint32_t n = 0; n < s->n; n++) {
		const uint8_t *woven = s->woven + (size_t)n * s->n_parity * BLOCK_BYTES;

		for (unsigned j = 0; j < s->n_parity; j++)
			for (unsigned at = 0; at < BLOCK_BYTES; at++)
				parity_in(s, j, n)[at] = woven[at * s->n_parity + j];
	}
	return 0;
}

int code_strip_read(struct code_strip *s, struct fail *f)
{
	for (unsigned i = 0; i < s->n_data; i++)
		if (read_covered(s, i * s->stride + s->first, s->n, code_strip_bytes(s, i, 0), f))
			return -1;
	if (s->is_kernel)
		return read_kernel_parity(s, f);
	for (unsigned j = 0; j < s->n_parity; j++)
		if (tree_check_read(s->blocks->check,
			    s->blocks->layout->rows.first + j * s->stride + s->first, s->n,
			    parity_in(s, j, 0), f))
			return -1;
	return 0;
}

/* The state of a parity symbol. The kernel's is as good as the worst of its column's blocks. */
static uint8_t parity_state(const struct code_strip *s, unsigned j, uint64_t column)
{
	const struct heal_layout *l = s->blocks->layout;
	const uint8_t *states = s->blocks->check->states;
	const uint8_t *kernel = states + l->kernel.first + column * s->n_parity;
	uint8_t state = COLUMN_RIGHT;

	if (!s->is_kernel)
		return column_state(states[l->rows.first + j * s->stride + column]);
	for (unsigned i = 0; i < s->n_parity && state != COLUMN_LOST; i++)
		if (column_state(kernel[i]) != COLUMN_RIGHT)
			state = column_state(kernel[i]);
	return state;
}

static void fill_column(const struct code_strip *s, uint32_t n, struct column *c)
{
	uint64_t block;

	for (unsigned i = 0; i < s->n_data; i++) {
		c->data[i] = code_strip_bytes(s, i, n);
		c->data_states[i] = code_strip_find(s, i, n, &block)
					    ? column_state(s->blocks->check->states[block])
					    : COLUMN_RIGHT;
	}
	for (unsigned j = 0; j < s->n_parity; j++) {
		c->parity[j] = parity_in(s, j, n);
		c->parity_states[j] = parity_state(s, j, s->first + n);
	}
}

int code_strip_solve(struct code_strip *s, uint32_t n, struct fail *f)
{
	struct column c;
	int n_healed;

	fill_column(s, n, &c);
	if (!memchr(c.data_states, COLUMN_LOST, s->n_data))
		return 0;
	n_healed = column_solver_run(s->solver, &c, f);
	for (unsigned i = 0; n_healed > 0 && i < s->n_data; i++) {
		uint64_t block;

		if (c.data_states[i] == COLUMN_HEALED && code_strip_find(s, i, n, &block) &&
			s->blocks->put(s->blocks->ctx, block, c.data[i], f))
			return -1;
	}
	return n_healed == -2 ? -1 : 0;
}
