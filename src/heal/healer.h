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
	uint64_t n_healed; /* blocks of the volume and its tree */
	uint64_t n_lost;   /* of the volume: not right, or nothing says so */
	bool is_proven;    /* the root came from a record */
};

/* Checks all blocks of the file, and writes those that it can compute. states and found have a byte
 * for each block up to the layout's end (heal/block_states.h): in states those that are missing are
 * known before. found gets what the others were found to be; what differed in a former run stays
 * so. A caught signal ends it. 0, or -1 with f filled. */
int healer_run(const struct heal_file *file, struct heal_record *r, uint8_t *states, uint8_t *found,
	struct healer_outcome *o, struct fail *f);

/* Where nothing of the volume is lost: makes all that stands behind it anew, with the records. A
 * caught signal ends it. 0, or -1 with f filled. */
int healer_finish(const struct heal_file *file, struct heal_record *r, struct fail *f);

#endif
