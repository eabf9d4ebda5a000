/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the drive burned well, and what went wrong in it. What failed in the chain before it is
 * asked first: stage_cause (burn/stage.h). */
#ifndef DRIVE_VERDICT_H
#define DRIVE_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "util/fail.h"
#include "util/message.h"

struct complaint;
struct drive;
struct session_options;

/* What is known once libburn has finished. All is borrowed. */
struct burn_outcome {
	struct drive *drive;
	const struct session_options *options;
	const struct messages *messages;
	const struct complaint *complaint;
	uint64_t n_announced; /* bytes; 0: unknown */
	uint64_t n_taken;     /* by libburn */
	uint64_t n_written;   /* that it sent to the drive */
	bool has_all;         /* all that there was to burn was taken */
	bool has_input_failed;
};

/* A success only if libburn wrote well, nobody complained, nothing was aborted, exactly the
 * announced bytes were taken, and the medium, which is examined again, is as a burn leaves it. 0 or
 * -1. */
int verdict_find(const struct burn_outcome *o, struct fail *f);

#endif
