/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a burn goes: the output as a sink, and, of a drive, the medium in it. Main thread only. */
#ifndef JOB_TARGET_H
#define JOB_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "job/output.h"
#include "job/request.h"
#include "job/voice.h"
#include "util/block_reader.h"
#include "util/fail.h"

struct burn_source;

struct target {
	struct output output;
	struct drive *drive; /* NULL: the output is no drive */
	struct session_options session;
	bool replaces;    /* a file that is there */
	bool will_blank;  /* the medium, before the burn */
	bool is_compared; /* the result is read back and compared with what was sent */
	uint64_t n_announced, n_written; /* once it ran; n_announced 0: unknown */
	struct session_result burned;    /* on a drive */
};

/* Finds out what the output is, refuses what can't be, and opens a drive. target_close in any case.
 * 0, or -1 with f filled. */
int target_open(
	struct target *t, const struct burn_request *r, const struct voice *voice, struct fail *f);

/* The zeros that it wants behind the data: up to whole units, and a tail. */
void target_padding(const struct target *t, uint32_t *unit_bytes, uint64_t *tail_bytes);

/* Refuses what it can't take, before anything is written: n_bytes with the padding; 0: unknown. 0,
 * or -1 with f filled. */
int target_check(const struct target *t, uint64_t n_bytes, struct fail *f);

/* The last thing before the burn: asks, and blanks the medium where that was wanted. 0, or -1 with
 * f filled. */
int target_blank(struct target *t, const struct voice *voice, struct fail *f);

/* Pulls top, which delivers n_bytes (0: unknown). 0, or -1 with f filled. */
int target_run(struct target *t, struct burn_source *top, uint64_t n_bytes,
	const struct progress_watch *watch, const struct messages *m, struct fail *f);

/* What the result is read back through; the caller frees. NULL with f filled. */
struct block_reader *target_reader(struct target *t, struct fail *f);

/* All that there was is on the output, though making it failed in the end. */
bool target_may_be_whole(const struct target *t);

void target_close(struct target *t, bool ejects);

#endif
