/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/code_strip.h"

#include <stdlib.h>
#include <string.h>

#include "util/io.h"

/* Columns that are read at a time. */
enum { COLUMNS = 64 };

static uint8_t column_state(uint8_t state)
{
	return block_state_is_bad(state) ? COLUMN_LOST
	       : state == BLOCK_UNKNOWN  ? COLUMN_UNKNOWN
					 : COLUMN_RIGHT;
}

/* The block of a symbol in a column of those that were read. */
static uint8_t *block_in(uint8_t *blocks, unsigned symbol, uint32_t column)
{
	return blocks + ((size_t)symbol * COLUMNS + column) * BLOCK_BYTES;
}

/* Where the block of a symbol is, in a column of those that were read. False: behind all that is
 * covered, where zeros count. */
static bool find_block(const struct code_strip *s, unsigned symbol, uint32_t n, uint64_t *block)
{
	uint64_t at = symbol * s->stride + s->first + n;

	*block = heal_layout_covered(s->file->layout, at);
	return at < s->file->layout->n_covered;
}

int code_strip_open(
	struct code_strip *s, const struct code_file *file, bool is_kernel, struct fail *f)
{
	const struct heal_layout *l = file->layout;
	size_t unit = (size_t)COLUMNS * BLOCK_BYTES;

	*s = (struct code_strip){ .file = file,
		.is_kernel = is_kernel,
		.stride = is_kernel ? l->kernel_stride : l->choice.row_blocks,
		.n_data = is_kernel ? RS_CODE_SYMBOLS - l->choice.n_roots : l->n_symbols,
		.n_parity = is_kernel ? l->choice.n_roots : l->choice.n_rows };
	s->data = malloc(unit * ((size_t)s->n_data + 2 * (size_t)s->n_parity));
	if (!s->data)
		return fail_memory(f);
	s->parity = s->data + unit * s->n_data;
	s->woven = s->parity + unit * s->n_parity;
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
	s->n = left < COLUMNS ? (uint32_t)left : COLUMNS;
}

bool code_strip_has_lost(const struct code_strip *s)
{
	uint64_t block;

	for (unsigned i = 0; i < s->n_data; i++)
		for (uint32_t n = 0; n < s->n; n++)
			if (find_block(s, i, n, &block) &&
				block_state_is_bad(s->file->blocks->states[block]))
				return true;
	return false;
}

/* Reads a run of what is covered; behind it are zeros. */
static int read_covered(
	const struct code_strip *s, uint64_t at, uint32_t n, uint8_t *buf, struct fail *f)
{
	const struct heal_layout *l = s->file->layout;

	while (n > 0 && at < l->n_covered) {
		uint64_t seam = at < l->choice.n_data ? l->choice.n_data : l->n_covered;
		uint32_t run = seam - at < n ? (uint32_t)(seam - at) : n;

		if (tree_check_read(s->file->blocks, heal_layout_covered(l, at), run, buf, f))
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
	if (tree_check_read(s->file->blocks, s->file->layout->kernel.first + s->first * s->n_parity,
		    s->n * s->n_parity, s->woven, f))
		return -1;
	for (uint32_t n = 0; n < s->n; n++) {
		const uint8_t *woven = s->woven + (size_t)n * s->n_parity * BLOCK_BYTES;

		for (unsigned j = 0; j < s->n_parity; j++)
			for (unsigned at = 0; at < BLOCK_BYTES; at++)
				block_in(s->parity, j, n)[at] = woven[at * s->n_parity + j];
	}
	return 0;
}

int code_strip_read(struct code_strip *s, struct fail *f)
{
	for (unsigned i = 0; i < s->n_data; i++)
		if (read_covered(s, i * s->stride + s->first, s->n, block_in(s->data, i, 0), f))
			return -1;
	if (s->is_kernel)
		return read_kernel_parity(s, f);
	for (unsigned j = 0; j < s->n_parity; j++)
		if (tree_check_read(s->file->blocks,
			    s->file->layout->rows.first + j * s->stride + s->first, s->n,
			    block_in(s->parity, j, 0), f))
			return -1;
	return 0;
}

/* The state of a parity symbol. The kernel's is as good as the worst of its column's blocks. */
static uint8_t parity_state(const struct code_strip *s, unsigned j, uint64_t column)
{
	const struct heal_layout *l = s->file->layout;
	const uint8_t *states = s->file->blocks->states;
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
		c->data[i] = block_in(s->data, i, n);
		c->data_states[i] = find_block(s, i, n, &block)
					    ? column_state(s->file->blocks->states[block])
					    : COLUMN_RIGHT;
	}
	for (unsigned j = 0; j < s->n_parity; j++) {
		c->parity[j] = block_in(s->parity, j, n);
		c->parity_states[j] = parity_state(s, j, s->first + n);
	}
}

int code_strip_solve(struct code_strip *s, uint32_t n, struct fail *f)
{
	const struct code_file *file = s->file;
	struct column c;
	int n_healed;

	fill_column(s, n, &c);
	if (!memchr(c.data_states, COLUMN_LOST, s->n_data))
		return 0;
	n_healed = column_solver_run(s->solver, &c, f);
	for (unsigned i = 0; n_healed > 0 && i < s->n_data; i++) {
		uint64_t block;

		if (c.data_states[i] != COLUMN_HEALED || !find_block(s, i, n, &block))
			continue;
		if (io_pwrite_full(file->fd, c.data[i], BLOCK_BYTES, block * BLOCK_BYTES))
			return fail_errno(f, FAIL_FAILED, file->name, "can't be written");
		file->blocks->states[block] = BLOCK_HEALED;
	}
	return n_healed == -2 ? -1 : 0;
}
