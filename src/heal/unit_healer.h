/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings back single blocks of a volume with healing data that is only read, with those beside
 * them: a disc's damage is in ECC units of 16 or 32 blocks. What is brought back has been compared
 * with its digest, and is kept for a while (heal/block_cache.h). One thread at a time.
 *
 * First by a copy, where there is one; then by the rows' code, then by the kernel's: with what is
 * seen to be damaged at once, then with all blocks of the columns compared with their digests; at
 * last by the kernel's columns after the rows' code has brought back what they lack. */
#ifndef HEAL_UNIT_HEALER_H
#define HEAL_UNIT_HEALER_H

#include <stdbool.h>
#include <stdint.h>

#include "heal/block_states.h"
#include "heal/block_tree.h"
#include "heal/heal_record.h"
#include "util/block_reader.h"
#include "util/fail.h"

struct unit_healer;

/* All borrowed. The record has a root; its layout may end behind the medium. NULL with f filled. */
struct unit_healer *unit_healer_new(struct block_reader *medium, const struct heal_record *record,
	const struct block_tree_hash *hash, struct fail *f);

/* Fills digests with those of n blocks of the volume from block on, which have one block of the
 * tree in common (heal/tree_lookup.h); the tree is healed where it has to be. 1; 0: they are lost;
 * -1 with f filled: a signal was caught. */
int unit_healer_digests(
	struct unit_healer *u, uint64_t block, uint32_t n, uint8_t *digests, struct fail *f);

/* What was brought back lately; NULL: not this block. Valid until the next call. */
const uint8_t *unit_healer_kept(struct unit_healer *u, uint64_t block);

/* True where it is known that the block has to be brought back. */
bool unit_healer_is_bad(const struct unit_healer *u, uint64_t block);

/* Fills out with a block that is found to be unreadable, or to differ, and whose digest is known.
 * 1; 0: it can't be; -1 with f filled. */
int unit_healer_run(struct unit_healer *u, uint64_t block, enum block_state state,
	const uint8_t wanted[SHA256_BYTES], uint8_t out[BLOCK_BYTES], struct fail *f);

/* How often blocks of a unit were computed by a code. */
uint64_t unit_healer_count(const struct unit_healer *u);

void unit_healer_free(struct unit_healer *u);

#endif
