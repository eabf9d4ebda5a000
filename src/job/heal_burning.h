/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The healing data of a burn: what of them can be refused, and where they lie, which is known
 * before a secret is asked for. Main thread only. */
#ifndef JOB_HEAL_BURNING_H
#define JOB_HEAL_BURNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "burn/heal_source.h"
#include "heal/heal_record.h"
#include "job/heal_spooling.h"
#include "job/healing.h"
#include "job/layout.h"
#include "job/request.h"
#include "job/source.h"
#include "job/target.h"
#include "tree/image_source.h"
#include "util/fail.h"

struct heal_burning {
	struct heal_record record; /* gets its roots while the chain is pulled */
	uint16_t anchors[FORMAT_ANCHORS];
	size_t n_anchors;
	uint64_t n_own;              /* blocks of a header that is made */
	struct heal_voucher voucher; /* set by the caller */
	struct healing_tools tools;
	struct heal_spooling spooling; /* where the memory is not enough */
	struct image_head container_head;
	bool is_added; /* to the file once it is whole: its size is not known before */
};

/* Refuses what can't have healing data, as far as the request tells. 0, or -1 with f filled. */
int heal_burning_check(const struct burn_request *r, struct fail *f);

/* Where they are wanted, lays them out behind all that l has, and adds them to it; an image was
 * looked at. What the memory is not enough for is prepared: source will be read several times.
 * Refuses what does not fit, into the memory or onto the medium. 0, or -1 with f filled. */
int heal_burning_lay_out(struct heal_burning *h, const struct burn_request *r,
	struct source *source, const struct target *target, struct layout *l, struct fail *f);

/* Before the burn, once the volume is made: gets ready, and makes the passes over what plan has
 * where the memory is not enough. 0, or -1 with f filled. */
int heal_burning_begin(struct heal_burning *h, const struct chain_plan *plan,
	const struct voice *voice, struct fail *f);

/* What the stage of the burn needs, which borrows it. */
struct heal_plan heal_burning_plan(struct heal_burning *h);

/* After the burn: how many blocks are others than those that the healing data were made of. */
uint64_t heal_burning_n_changed(const struct heal_burning *h);

/* Frees what h holds; 0, or -1 with f filled: a digest could not be computed. */
int heal_burning_end(struct heal_burning *h, struct fail *f);

#endif
