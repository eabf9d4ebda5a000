/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chain of stages from the source to what a sink pulls, on one screen. */
#ifndef JOB_CHAIN_H
#define JOB_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "burn/heal_source.h"
#include "crypto/digest_list.h"
#include "crypto/format/volume.h"
#include "job/layout.h"
#include "job/source.h"
#include "tree/container_source.h"
#include "util/fail.h"
#include "util/progress.h"

/* All of it is borrowed until chain_close. */
struct chain_plan {
	struct source *source;
	const struct volume *volume;
	const struct layout *layout;
	bool is_part; /* of the volume's payload, from first_byte on: no header */
	uint64_t first_byte;
	const struct container_spec *container; /* NULL: the volume is all that goes out */
	const struct heal_plan *healing;        /* NULL: none */
	struct image_head *container_head;      /* where more chains follow; else NULL */
	struct digest_list *digests;            /* of all except the padding; NULL: none */
	const struct sink_needs *needs;
	bool is_for_drive; /* a queue as long as a drive needs it */
};

struct chain {
	struct burn_source *top;   /* what the sink pulls */
	struct burn_source *tap;   /* counts what goes out except the padding */
	struct burn_source *queue; /* the top one, before a drive; else NULL */
	const struct source *source;
	struct progress_watch watched; /* whom chain_watch tells */
};

/* Nests the stages. 0, or -1 with f filled; close in any case. */
int chain_open(struct chain *c, const struct chain_plan *plan, struct fail *f);

/* The stages up to the healing data, or to the volume where there are none. */
int chain_open_volume(struct chain *c, const struct chain_plan *plan, struct fail *f);

/* Tells watched how full the queue is and which file is being read, too. The result lives as long
 * as c. */
struct progress_watch chain_watch(struct chain *c, const struct progress_watch *watched);

/* Ends the stages' threads and frees them. */
void chain_close(struct chain *c);

#endif
