/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a burn goes: the output as a sink, and, for a drive, the medium in it. Main thread only. */
#ifndef JOB_TARGET_H
#define JOB_TARGET_H

#include <stdbool.h>

#include "burn/sink.h"
#include "job/output.h"
#include "job/request.h"
#include "job/voice.h"
#include "util/fail.h"

/* What the voice is told before a write-once medium is burned. */
struct burn_plan {
	const char *format;
	uint64_t n_bytes, capacity_bytes; /* 0: unknown */
	uint64_t n_healing_bytes;         /* of n_bytes */
	const char *drive, *medium;       /* filled in by target_announce, like the rest */
	bool stays_open, is_compared;
	unsigned session; /* that is added to those on the medium; 0: it is blank */
};

struct target {
	struct output output;
	struct sink *sink;
	struct drive *drive; /* NULL: the output is not a drive */
	struct session_options session;
	enum blanking will_blank; /* the medium, before the burn */
	bool is_compared;         /* the result is read back and compared with what was sent */
};

/* Finds out what the output is and refuses what is impossible; then opens it, if it is a drive.
 * target_close in any case. 0, or -1 with f filled. */
int target_classify(struct target *t, const struct burn_request *r, struct fail *f);
int target_open(
	struct target *t, const struct burn_request *r, const struct voice *voice, struct fail *f);

/* Warns of old data that can still be read behind a burn of n_bytes (0: unknown) to an output that
 * takes n_all bytes. */
void target_warn(
	const struct target *t, uint64_t n_bytes, uint64_t n_all, const struct messages *m);

/* The last thing before the burn: asks, and blanks the medium if requested. 0, or -1 with f filled.
 */
int target_blank(struct target *t, const struct voice *voice, struct fail *f);

/* Tells the plan for a write-once medium, which is as it was until here. 0, or -1 with f filled
 * after a signal. */
int target_announce(
	const struct target *t, struct burn_plan *plan, const struct voice *voice, struct fail *f);

void target_close(struct target *t, bool ejects);

#endif
