/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a whole image of a damaged disc that has healing data, without its key. */
#ifndef JOB_HEAL_REPAIRING_H
#define JOB_HEAL_REPAIRING_H

#include "job/healing.h"
#include "job/voice.h"
#include "util/fail.h"

/* Makes a new image, healed, with its healing data. FAIL_INCOMPLETE: blocks are lost, and zeros or
 * as they were read in it; FAIL_MISMATCH: there are no healing data. healing_clear in any case. 0,
 * or -1 with f filled. */
int heal_repairing_run(
	const struct heal_request *r, struct healing *h, const struct voice *voice, struct fail *f);

#endif
