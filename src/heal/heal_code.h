/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parity of one of the two codes (doc/FORMAT.md, "Healing data"), computed while what it covers
 * passes by in order, for all of its columns or a window of them. One thread at a time. */
#ifndef HEAL_HEAL_CODE_H
#define HEAL_HEAL_CODE_H

#include <stddef.h>
#include <stdint.h>

#include "heal/galois.h"
#include "heal/heal_layout.h"
#include "util/fail.h"
#include "util/sector.h"

/* Symbols of a column that wait for each other. All of the parity goes through the processor once
 * for each symbol; so it does once for these together. */
enum { HEAL_CODE_WAITING = 4 };

struct heal_code {
	uint64_t stride; /* blocks from one symbol of a column to the next; columns in all */
	unsigned n_parity;
	struct galois_map map;
	struct heal_area window; /* of columns */
	uint8_t *parity;         /* borrowed: of each symbol, a block for each column */
	/* borrowed: as many blocks of HEAL_CODE_WAITING symbols, which is faster; NULL: none wait
	 */
	uint8_t *waiting;
};

/* The kernel's code of a layout, which may have no parity, and our rows'. The window and its parity
 * are for the caller to set. heal_code_close in any case. 0, or -1 with f filled. */
int heal_code_open_kernel(struct heal_code *c, const struct heal_layout *l, struct fail *f);
int heal_code_open_rows(struct heal_code *c, const struct heal_layout *l, struct fail *f);

/* Blocks that the parity of the window takes. */
uint64_t heal_code_blocks(const struct heal_code *c);

/* Adds n of the blocks that are covered, from the at-th on, to the parity, which begins as zeros.
 */
void heal_code_add(struct heal_code *c, uint64_t at, uint8_t *blocks, size_t n);

/* Once all n_covered blocks were added: what still waits is added. */
void heal_code_end(struct heal_code *c, uint64_t n_covered);

/* The at-th block of the window's parity as the kernel has it: the bytes of a code word side by
 * side. */
void heal_code_weave(const struct heal_code *c, uint64_t at, uint8_t out[BLOCK_BYTES]);

void heal_code_close(struct heal_code *c);

#endif
