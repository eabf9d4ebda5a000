/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/heal_code.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "heal/rs_code.h"

/* Of a column at a time: what a piece adds to stays in the processor's cache. */
enum { PIECE_BLOCKS = 8 };

static int open_code(
	struct heal_code *c, uint64_t stride, unsigned n_data, unsigned n_parity, struct fail *f)
{
	uint8_t *matrix;
	int result = -1;

	*c = (struct heal_code){ .stride = stride, .n_parity = n_parity };
	if (!n_parity)
		return 0;
	matrix = malloc((size_t)n_data * n_parity);
	if (matrix) {
		rs_code_matrix(n_parity, n_data, matrix);
		result = galois_map_init(&c->map, matrix, n_data, n_parity);
	}
	free(matrix);
	return result ? fail_memory(f) : 0;
}

int heal_code_open_kernel(struct heal_code *c, const struct heal_layout *l, struct fail *f)
{
	unsigned n_roots = l->choice.n_roots;

	return open_code(c, l->kernel_stride, RS_CODE_SYMBOLS - n_roots, n_roots, f);
}

int heal_code_open_rows(struct heal_code *c, const struct heal_layout *l, struct fail *f)
{
	return open_code(c, l->choice.row_blocks, l->n_symbols, l->choice.n_rows, f);
}

uint64_t heal_code_blocks(const struct heal_code *c)
{
	return c->window.n * c->n_parity;
}

/* Adds blocks of a symbol, of n columns of the window from one on. */
static void add_symbol(
	struct heal_code *c, unsigned symbol, uint64_t column, uint8_t *blocks, size_t n)
{
	uint8_t *parity[RS_CODE_SYMBOLS];

	for (unsigned j = 0; j < c->n_parity; j++)
		parity[j] = c->parity + (j * c->window.n + column) * BLOCK_BYTES;
	galois_map_add(&c->map, n * BLOCK_BYTES, symbol, blocks, parity);
}

static uint8_t *waiting_at(const struct heal_code *c, unsigned symbol, uint64_t column)
{
	return c->waiting + (symbol % HEAL_CODE_WAITING * c->window.n + column) * BLOCK_BYTES;
}

/* Adds those symbols that wait up to one, of n columns from one on. */
static void add_waiting(struct heal_code *c, unsigned last, uint64_t column, size_t n)
{
	for (unsigned symbol = last - last % HEAL_CODE_WAITING; symbol <= last; symbol++)
		add_symbol(c, symbol, column, waiting_at(c, symbol, column), n);
}

/* The same of a run, in pieces. */
static void add_run(
	struct heal_code *c, unsigned symbol, uint64_t column, uint8_t *blocks, size_t n)
{
	for (size_t at = 0; at < n; at += PIECE_BLOCKS) {
		size_t piece = n - at < PIECE_BLOCKS ? n - at : PIECE_BLOCKS;
		uint8_t *from = blocks + at * BLOCK_BYTES;

		if (!c->waiting) {
			add_symbol(c, symbol, column + at, from, piece);
			continue;
		}
		memcpy(waiting_at(c, symbol, column + at), from, piece * BLOCK_BYTES);
		if (symbol % HEAL_CODE_WAITING == HEAL_CODE_WAITING - 1)
			add_waiting(c, symbol, column + at, piece);
	}
}

void heal_code_add(struct heal_code *c, uint64_t at, uint8_t *blocks, size_t n)
{
	const struct heal_area *w = &c->window;

	while (c->n_parity && n > 0) {
		uint64_t column = at % c->stride, left = c->stride - column;
		size_t run = left < n ? (size_t)left : n;
		uint64_t first = column > w->first ? column : w->first;
		uint64_t end = column + run < w->first + w->n ? column + run : w->first + w->n;

		if (first < end)
			add_run(c, (unsigned)(at / c->stride), first - w->first,
				blocks + (first - column) * BLOCK_BYTES, (size_t)(end - first));
		at += run;
		blocks += run * BLOCK_BYTES;
		n -= run;
	}
}

void heal_code_end(struct heal_code *c, uint64_t n_covered)
{
	unsigned last = (unsigned)((n_covered - 1) / c->stride);
	/* columns of the window from one on have a symbol less */
	uint64_t end = n_covered - last * c->stride, first = c->window.first;
	uint64_t n_columns = end < first ? 0 : end - first;

	for (uint64_t column = 0, run; c->waiting && column < c->window.n; column += run) {
		bool has_last = column < n_columns;

		run = (has_last && n_columns < c->window.n ? n_columns : c->window.n) - column;
		run = run < PIECE_BLOCKS ? run : PIECE_BLOCKS;
		if (has_last && last % HEAL_CODE_WAITING != HEAL_CODE_WAITING - 1)
			add_waiting(c, last, column, (size_t)run);
		if (!has_last && last % HEAL_CODE_WAITING != 0)
			add_waiting(c, last - 1, column, (size_t)run);
	}
}

void heal_code_weave(const struct heal_code *c, uint64_t at, uint8_t out[BLOCK_BYTES])
{
	const uint8_t *column = c->parity + at / c->n_parity * BLOCK_BYTES;
	size_t first = (size_t)(at % c->n_parity) * BLOCK_BYTES;

	for (size_t i = first; i < first + BLOCK_BYTES; i++)
		out[i - first] =
			column[i % c->n_parity * c->window.n * BLOCK_BYTES + i / c->n_parity];
}

void heal_code_close(struct heal_code *c)
{
	galois_map_clear(&c->map);
}
