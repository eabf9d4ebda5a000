/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks a disc or an image by its healing data, without its key. */
#ifndef JOB_HEAL_CHECKING_H
#define JOB_HEAL_CHECKING_H

#include "job/healing.h"
#include "job/voice.h"
#include "util/fail.h"

/* Reads every block and compares it with its digest. FAIL_MISMATCH: there are no healing data.
 * Damage is no failure here. healing_clear in any case. 0, or -1 with f filled. */
int heal_checking_run(
	const struct heal_request *r, struct healing *h, const struct voice *voice, struct fail *f);

#endif
