/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Healing data (heal/): adds them to an image, checks a disc by them, and makes a whole image of
 * one that is damaged. None of it needs a key. */
#ifndef JOB_HEALING_H
#define JOB_HEALING_H

#include <stdbool.h>
#include <stdint.h>

#include "heal/block_states.h"
#include "heal/heal_finder.h"
#include "heal/healer.h"
#include "job/voice.h"
#include "util/fail.h"

struct heal_request {
	const char *source; /* an image; to check or repair, also a device */
	const char *output; /* a new file; NULL: the image itself grows */
	bool replace;       /* an existing output */
	unsigned n_roots, n_rows;
	struct heal_search search;
};

/* What came of it. */
struct healing {
	struct heal_record record;
	uint8_t *states; /* heap, a byte a block up to the record's end */
	uint8_t *healed; /* the same: what they would be after healing; checking */
	uint64_t n_right, n_unreadable, n_differ, n_unknown; /* checking: blocks */
	struct block_outlook outlook;                        /* the same: what can be healed */
	struct healer_outcome outcome;                       /* repairing */
	bool lacks_end; /* the medium ends before the healing data do */
};

/* Adds healing data, in place of those that may be there. Where the image itself grows it is as it
 * was after a failure, and without healing data after a kill. healing_clear in any case. 0, or -1
 * with f filled. */
int healing_add(
	const struct heal_request *r, struct healing *h, const struct voice *voice, struct fail *f);

/* Reads every block and compares it with its digest. FAIL_MISMATCH: there are no healing data.
 * Damage is no failure here. healing_clear in any case. 0, or -1 with f filled. */
int healing_check(
	const struct heal_request *r, struct healing *h, const struct voice *voice, struct fail *f);

/* Makes a new image, healed, with its healing data. FAIL_INCOMPLETE: blocks are lost, and zeros or
 * as they were read in it; FAIL_MISMATCH: there are no healing data. healing_clear in any case. 0,
 * or -1 with f filled. */
int healing_repair(
	const struct heal_request *r, struct healing *h, const struct voice *voice, struct fail *f);

/* Frees what h holds. */
void healing_clear(struct healing *h);

#endif
