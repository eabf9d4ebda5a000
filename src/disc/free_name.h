/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds another name for what can't have its own where it is extracted to: the first that the disc
 * has not, and that can be had, or that has it from an earlier extraction. Main thread. */
#ifndef DISC_FREE_NAME_H
#define DISC_FREE_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "disc/old_names.h"
#include "disc/other_name.h"
#include "disc/restore_result.h"
#include "util/fail.h"

struct free_name {
	struct old_names *old;
	uint32_t directory; /* of the walk */
	bool has_ending;    /* it is a file */
	void *ctx;
	/* makes it under a name, and replaces nothing */
	enum restore_result (*make)(void *ctx, const char *name, struct fail *problem);
	/* true where a name that was there before has it: nothing is made; problem: what it lacks
	 */
	bool (*is_there)(void *ctx, const char *name, struct fail *problem);
};

/* Makes it under another name than that with which the result was RESTORE_TAKEN or
 * RESTORE_UNNAMEABLE, and writes that to other: "" where it is made under none, and problem says
 * why. */
enum restore_result free_name_make(const struct free_name *n, const char *name,
	enum restore_result result, char other[OTHER_NAME_BYTES], struct fail *problem);

#endif
