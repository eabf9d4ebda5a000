/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stage that adds healing data: the volume passes through, and what heals it follows
 * (heal/heal_stream.h). Anchors, records that lead to them, replace blocks of the volume that
 * nothing else uses. */
#ifndef BURN_HEAL_SOURCE_H
#define BURN_HEAL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heal/block_tree.h"
#include "heal/heal_record.h"
#include "heal/heal_spool.h"
#include "util/fail.h"

struct burn_source;

/* All borrowed, and used by the thread that pulls the stage. */
struct heal_plan {
	struct heal_record *record; /* with layout, id and salt; gets the rest */
	const struct block_tree_hash *hash;
	/* ascending; one that is not below n_own stays as it is, unless it is zeros */
	const uint16_t *anchors;
	size_t n_anchors;
	uint64_t n_own; /* blocks of a header that was made for this */
	struct heal_voucher voucher;
	/* NULL: all is computed while the volume passes; else it comes from here, and the volume is
	 * compared; computes: a pass before that, which hands out the volume alone */
	struct heal_spool *spool;
	bool computes;
};

/* The stage. Takes over upstream, which has to deliver exactly the volume of the record's layout.
 * NULL with f filled. */
struct burn_source *heal_source_new(
	struct burn_source *upstream, const struct heal_plan *plan, struct fail *f);

#endif
