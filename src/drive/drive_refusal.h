/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drives and media that can't take a burn: FAIL_DRIVE, with a hint. All that return an
 * int return -1, except the checks, which return 0 where the burn can go on. */
#ifndef DRIVE_DRIVE_REFUSAL_H
#define DRIVE_DRIVE_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

#include "util/fail.h"

struct drive;
struct session_options;

/* Refuses a drive that can't burn, and a medium that is not there, or of the wrong kind or state
 * for a first session. */
int drive_refusal_check_state(const struct drive *d, struct fail *f);

/* Refuses a medium that can't simulate where that is wanted, or can't take n_blocks: all that goes
 * onto it, including padding; the message says how much is needed, there and missing. n_blocks 0:
 * size unknown. */
int drive_refusal_check_size(
	const struct drive *d, uint64_t n_blocks, const struct session_options *o, struct fail *f);

/* What a session with these options may use. */
uint64_t drive_refusal_room(const struct drive *d, const struct session_options *o);

/* True where a CD is burned as a session at once, which alone may end without padding. */
bool drive_refusal_in_one_go(const struct session_options *o, bool size_known);

/* No medium, or an open tray; wanted: what to insert, as "a blank disc". */
int drive_refusal_none(const struct drive *d, const char *wanted, struct fail *f);

/* A medium that can't be read or written. */
int drive_refusal_unsuitable(const struct drive *d, struct fail *f);

/* A medium that holds something already: "the DVD+RW STATE". */
int drive_refusal_used(const struct drive *d, const char *state, struct fail *f);

#endif
