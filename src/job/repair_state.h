/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file with what a repair knows (heal/rescue_state.h), with which it can go on after it was
 * interrupted, or with another copy of the disc. */
#ifndef JOB_REPAIR_STATE_H
#define JOB_REPAIR_STATE_H

#include <stdint.h>

#include "heal/heal_record.h"
#include "util/fail.h"

/* Fills states and next from the file. 0, or -1 with f filled. */
int repair_state_load(const char *path, const struct heal_record *r, uint8_t *states,
	uint64_t *next, struct fail *f);

/* Writes the file anew, whole or not at all, and brings it to the disk; also when a signal was
 * caught. 0, or -1 with f filled. */
int repair_state_save(const char *path, const struct heal_record *r, const uint8_t *states,
	uint64_t next, struct fail *f);

#endif
