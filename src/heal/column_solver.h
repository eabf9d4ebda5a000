/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings back the blocks of a column of a code (heal/rs_code.h): those that are lost, and, where
 * the digests of others are not known, those among these that are wrong, too. */
#ifndef HEAL_COLUMN_SOLVER_H
#define HEAL_COLUMN_SOLVER_H

#include <stdint.h>

#include "heal/rs_code.h"
#include "util/fail.h"
#include "util/sector.h"

enum column_state { COLUMN_RIGHT, COLUMN_LOST, COLUMN_UNKNOWN, COLUMN_HEALED };

/* Blocks of BLOCK_BYTES, and what is known of each. */
struct column {
	uint8_t *data[RS_CODE_SYMBOLS], *parity[RS_CODE_SYMBOLS];
	uint8_t data_states[RS_CODE_SYMBOLS], parity_states[RS_CODE_SYMBOLS];
};

struct column_solver;

/* Of columns of n_data and n_parity blocks. NULL with f filled. */
struct column_solver *column_solver_new(unsigned n_data, unsigned n_parity, struct fail *f);

/* Fills in the data that is lost, or is found to be wrong, and makes it COLUMN_HEALED; parity that
 * is found to be wrong becomes COLUMN_LOST. How many blocks, or -1: there is too little left, and
 * all that was not lost is as it was; -2 with f filled. */
int column_solver_run(struct column_solver *s, struct column *c, struct fail *f);

void column_solver_free(struct column_solver *s);

#endif
