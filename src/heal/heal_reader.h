/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a volume with healing data as if it were not damaged: each block is compared with its
 * digest as it is read, and what can't be read, or differs, is computed from the rest, with all of
 * its ECC unit at once. What was computed is compared, too: no block that differs from its digest
 * is ever handed out.
 *
 * A block that can't be healed is a read error, FAIL_FAILED, whose object is "LBA n". Where its
 * digest is lost, too, what can be read is handed out as it is, and counted. */
#ifndef HEAL_HEAL_READER_H
#define HEAL_HEAL_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "heal/block_tree.h"
#include "heal/heal_record.h"
#include "util/block_reader.h"
#include "util/fail.h"

struct heal_reader;

/* What came of reading so far. */
struct heal_reader_counts {
	uint64_t n_healed;   /* blocks of the volume that were computed, not read */
	uint64_t n_presumed; /* of these, those beside one that can't be read: nobody tried them */
	uint64_t n_units;    /* times that blocks of a unit were computed */
	uint64_t n_lost;     /* blocks that could not be healed */
	uint64_t n_unproven; /* blocks that were handed out although their digests, or the root of
				all, are lost */
};

/* Reads from medium, which is borrowed, as are record and hash, and outlives it. is_plain: nothing
 * is compared or healed. So it is, too, where the record has no root, but that is counted. The
 * record's layout may end behind the medium. NULL with f filled. */
struct heal_reader *heal_reader_new(struct block_reader *medium, const struct heal_record *record,
	const struct block_tree_hash *hash, bool is_plain, struct fail *f);

/* The volume's blocks, n_data of the record's; lives as long as r. As many threads may read at once
 * as may read the medium. */
struct block_reader *heal_reader_blocks(struct heal_reader *r);

/* False where what can be read at the volume's start differs from its digests nearly everywhere: it
 * was written later, if it is no damage. -1 with f filled: a signal was caught. */
int heal_reader_fits(struct heal_reader *r, bool *fits, struct fail *f);

/* True where some of the digests are lost, as far as a few of them, all over the volume, tell. -1
 * with f filled. */
int heal_reader_lacks_digests(struct heal_reader *r, bool *lacks, struct fail *f);

/* From now on, what nothing proves is a read error, too, FAIL_MISMATCH. Before the blocks are read
 * by others. */
void heal_reader_demand_proof(struct heal_reader *r);

/* Compares n blocks from elsewhere that stand for those from block on. 0, or -1 with f filled:
 * they differ, or, where proof is demanded, their digests are lost. */
int heal_reader_compare(
	struct heal_reader *r, uint64_t block, uint32_t n, const uint8_t *bytes, struct fail *f);

/* Any thread. */
struct heal_reader_counts heal_reader_counts(struct heal_reader *r);

void heal_reader_free(struct heal_reader *r);

#endif
