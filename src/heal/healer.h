/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings back what is damaged of a volume with healing data, in a file that holds a copy of it. */
#ifndef HEAL_HEALER_H
#define HEAL_HEALER_H

#include <stdbool.h>
#include <stdint.h>

#include "heal/heal_encoder.h"
#include "heal/heal_record.h"
#include "util/fail.h"

struct healer_outcome {
	uint64_t n_unreadable, n_differing; /* of the blocks that digests are of */
	uint64_t n_healed;                  /* blocks of the volume and its tree */
	uint64_t n_lost;                    /* of the volume: not right, or nothing says so */
	bool is_proven;                     /* the root came from a record */
};

/* Checks all blocks of the file, and writes those that it can compute. states has a byte for each
 * block up to the layout's end (heal/block_states.h): those that are unreadable, and zeros in the
 * file, are known. Where nothing of the volume is lost, all that stands behind it is made anew,
 * with the records. Else the volume is as whole as it gets. A caught signal ends it. 0, or -1 with
 * f filled. */
int healer_run(const struct heal_file *file, struct heal_record *r, uint8_t *states,
	struct healer_outcome *o, struct fail *f);

#endif
