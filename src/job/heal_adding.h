/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds healing data to an image in a file, without its key. */
#ifndef JOB_HEAL_ADDING_H
#define JOB_HEAL_ADDING_H

#include "job/healing.h"
#include "job/voice.h"
#include "util/fail.h"

/* Adds healing data, in place of those that may be there. Where the image itself grows it is as it
 * was after a failure, and without healing data after a kill. healing_clear in any case. 0, or -1
 * with f filled. */
int heal_adding_run(
	const struct heal_request *r, struct healing *h, const struct voice *voice, struct fail *f);

#endif
