/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole burn, from the request to the checked result. */
#ifndef JOB_BURNING_H
#define JOB_BURNING_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/format/volume.h"
#include "heal/heal_record.h"
#include "job/layout.h"
#include "job/output.h"
#include "job/request.h"
#include "job/source.h"
#include "job/voice.h"
#include "util/fail.h"

struct session_plan;

/* What the voice is told at the end. */
struct burn_result {
	const struct output *output;
	const struct layout *layout;
	const struct volume *volume;
	const struct source *source;
	const struct session_plan *session; /* that was added to a disc; NULL: a disc of its own */
	const struct heal_record *healing;  /* NULL: there are no healing data */
	const char *commands;               /* that open it, one a line */
	uint64_t n_bytes;                   /* written, without the padding of the medium */
	double seconds;           /* that writing took, with all that the drive does at the end */
	int queue_lowest_percent; /* -1: no queue */
	bool was_simulated;
	bool was_compared;      /* every block was read back and compared */
	bool header_was_opened; /* read back and opened */
};

/* Everything that can be refused is refused before a secret is asked for, and before a medium is
 * touched. The request is completed here. 0, or -1 with f filled; FAIL_INCOMPLETE: it was made, and
 * the voice was told, but files are missing or changed. One at a time in a process. */
int burning_run(struct burn_request *r, const struct voice *voice, struct fail *f);

#endif
