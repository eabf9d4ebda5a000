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

struct target {
	struct output output;
	struct sink *sink;
	struct drive *drive; /* NULL: the output is not a drive */
	struct session_options session;
	bool will_blank;  /* the medium, before the burn */
	bool is_compared; /* the result is read back and compared with what was sent */
};

/* Finds out what the output is and refuses what is impossible; then opens it, if it is a drive.
 * target_close in any case. 0, or -1 with f filled. */
int target_classify(struct target *t, const struct burn_request *r, struct fail *f);
int target_open(
	struct target *t, const struct burn_request *r, const struct voice *voice, struct fail *f);

/* The last thing before the burn: asks, and blanks the medium if requested. 0, or -1 with f filled.
 */
int target_blank(struct target *t, const struct voice *voice, struct fail *f);

void target_close(struct target *t, bool ejects);

#endif
