/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the healing data of a disc or an image, with nothing but its blocks. */
#ifndef HEAL_HEAL_FINDER_H
#define HEAL_HEAL_FINDER_H

#include <stdbool.h>
#include <stdint.h>

#include "heal/heal_record.h"
#include "util/block_reader.h"
#include "util/fail.h"

struct heal_search {
	uint64_t at;     /* a block to look at first; UINT64_MAX: none */
	unsigned n_more; /* behind it, at as many more, HEAL_ALIGN blocks apart each */
	bool everywhere; /* where nothing is found, in each block */
	bool skips_end;  /* anchors only: a drive may take long for what it can't read there */
	/* the last blocks are those of a drive: a read that fails takes it seconds, and at the end
	 * of a CD some do; so only a few may */
	bool is_brief;
};

/* Fills r from the first record that is found, and stands where its own layout has one: where
 * anchors may be, then in the last blocks, from the end on; what that lacks comes from the others
 * of its disc. A layout that ends behind the medium is taken where half of it is there: an image
 * that was cut. 1; 0: there is none; -1 with f filled: a signal was caught. */
int heal_finder_run(const struct heal_search *s, struct block_reader *reader, struct heal_record *r,
	struct fail *f);

/* True where the healing data of a record that was found were not all written: the last record
 * stands there without its root until they are. */
bool heal_finder_is_unfinished(struct block_reader *reader, const struct heal_record *r);

/* True where that block has a record, but of another volume than the one that the medium begins
 * with, such as a file on it. */
bool heal_finder_is_stray(struct block_reader *reader, uint64_t at);

#endif
