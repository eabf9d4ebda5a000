/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads of a damaged disc what its healing data need, and not much more: where a read fails, a
 * drive tries for seconds, and a drive that is old or hot may not live through thousands.
 *
 * First the whole disc in order, where each failure skips ahead, further each time. When counts say
 * that the rest can be healed, that is all; else the gaps, the largest first, each from both ends
 * to a failure, then in its middle, and so on; then what had failed before this run, and where that
 * was chosen what failed, block by block. Nothing else is read twice. Main thread only. */
#ifndef HEAL_RESCUE_H
#define HEAL_RESCUE_H

#include <stdbool.h>
#include <stdint.h>

#include "heal/heal_layout.h"
#include "util/block_reader.h"
#include "util/fail.h"
#include "util/progress.h"

enum { RESCUE_UNIT_MAX = 32 }; /* blocks */

/* Who takes what was read. Both return 0, or -1 with f filled, which ends the rescue. */
struct rescue_sink {
	/* Blocks that were not there before. */
	int (*keep)(void *ctx, uint64_t block, uint32_t n, const uint8_t *bytes, struct fail *f);
	/* Called now and then: states and next are what a later run needs. NULL: nobody wants to
	 * know. */
	int (*save)(void *ctx, struct fail *f);
	void *ctx;
};

/* All borrowed; states and next may come from a former run. */
struct rescue {
	struct block_reader *reader; /* reads once (block_reader_open_once) */
	const struct heal_layout *layout;
	uint8_t *states; /* of all blocks (heal/block_states.h); BLOCK_UNREAD: still to be read */
	uint64_t next;   /* all before this block was passed over once */
	uint32_t unit_blocks; /* that are read at a time: an ECC block of the medium */
	bool splits;          /* blocks of a unit may be readable alone */
	bool needs_all;       /* counts don't tell what can be healed */
	struct rescue_sink sink;
	const struct progress_watch *watch; /* may be NULL */
	uint64_t n_failed;                  /* reads */
	bool is_at_end;                     /* nothing is left to try */
	uint8_t *units;                     /* its own: what was tried in this run */
};

/* Reads until counts say that all can be healed, or nothing is left to try; called again, on from
 * there, at least one more piece: counts were wrong. A caught signal
 * ends it, and a drive that is gone (FAIL_DRIVE). rescue_clear in any
 * case. 0, or -1 with f filled. */
int rescue_run(struct rescue *r, struct fail *f);

/* Frees what r holds. */
void rescue_clear(struct rescue *r);

#endif
