/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of one of the two codes, beside each other, of a volume: reads them with their parity,
 * and passes on what a column's solver brings back. */
#ifndef HEAL_CODE_STRIP_H
#define HEAL_CODE_STRIP_H

#include <stdbool.h>
#include <stdint.h>

#include "heal/column_solver.h"
#include "heal/heal_layout.h"
#include "heal/tree_check.h"
#include "util/fail.h"

/* A volume with its healing data. All borrowed. */
struct code_blocks {
	const struct heal_layout *layout;
	struct tree_check *check; /* reads them, and has their states */
	/* Takes what a block has to be, which then has another state, or not. 0, or -1 with f
	 * filled. */
	int (*put)(void *ctx, uint64_t block, const uint8_t *bytes, struct fail *f);
	void *ctx;
	uint32_t n_columns; /* that are read at a time */
};

struct code_strip {
	const struct code_blocks *blocks;
	bool is_kernel;
	uint64_t stride; /* columns of the code */
	unsigned n_data, n_parity;
	struct column_solver *solver;
	uint8_t *data, *woven; /* heap: one piece */
	uint64_t first;        /* column of those that were read */
	uint32_t n;
};

/* code_strip_close in any case. 0, or -1 with f filled. */
int code_strip_open(
	struct code_strip *s, const struct code_blocks *blocks, bool is_kernel, struct fail *f);

/* Takes the columns from first on, as many as it holds; s->n says how many. */
void code_strip_place(struct code_strip *s, uint64_t first);

/* True where one of them has a block to bring back. */
bool code_strip_has_lost(const struct code_strip *s);

/* 0, or -1 with f filled: a signal was caught. */
int code_strip_read(struct code_strip *s, struct fail *f);

/* Where the block of a symbol is, in a column of those that were read. False: behind all that is
 * covered, where zeros count. */
bool code_strip_find(const struct code_strip *s, unsigned symbol, uint32_t n, uint64_t *block);

/* The bytes of a symbol of data, or of the rows' parity behind them, that were read. */
uint8_t *code_strip_bytes(const struct code_strip *s, unsigned symbol, uint32_t n);

/* Solves the n-th column of the strip, where it has a block to bring back, which is then put. 0,
 * also where it can't be solved, or -1 with f filled. */
int code_strip_solve(struct code_strip *s, uint32_t n, struct fail *f);

/* Frees what s holds. */
void code_strip_close(struct code_strip *s);

#endif
