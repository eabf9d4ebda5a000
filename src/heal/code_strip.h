/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of one of the two codes, beside each other, of a volume in a file: reads them with their
 * parity, and writes what a column's solver brings back. */
#ifndef HEAL_CODE_STRIP_H
#define HEAL_CODE_STRIP_H

#include <stdbool.h>
#include <stdint.h>

#include "heal/column_solver.h"
#include "heal/heal_layout.h"
#include "heal/tree_check.h"
#include "util/fail.h"

/* A volume with its healing data. All borrowed. */
struct code_file {
	int fd; /* for writing */
	const char *name;
	const struct heal_layout *layout;
	struct tree_check *blocks; /* reads them, and has their states */
};

struct code_strip {
	const struct code_file *file;
	bool is_kernel;
	uint64_t stride; /* columns of the code */
	unsigned n_data, n_parity;
	struct column_solver *solver;
	uint8_t *data, *parity, *woven; /* heap: one piece */
	uint64_t first;                 /* column of those that were read */
	uint32_t n;
};

/* code_strip_close in any case. 0, or -1 with f filled. */
int code_strip_open(
	struct code_strip *s, const struct code_file *file, bool is_kernel, struct fail *f);

/* Takes the columns from first on, as many as it holds; s->n says how many. */
void code_strip_place(struct code_strip *s, uint64_t first);

/* True where one of them has a block to bring back. */
bool code_strip_has_lost(const struct code_strip *s);

/* 0, or -1 with f filled: a signal was caught. */
int code_strip_read(struct code_strip *s, struct fail *f);

/* Solves the n-th column of the strip, where it has a block to bring back, which is then healed and
 * written. 0, also where it can't be solved, or -1 with f filled. */
int code_strip_solve(struct code_strip *s, uint32_t n, struct fail *f);

/* Frees what s holds. */
void code_strip_close(struct code_strip *s);

#endif
