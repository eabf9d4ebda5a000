/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blanking the medium in a drive. No drive can interrupt that: a caught signal is left for the
 * caller to check afterwards. The drive's facts are fresh when it returns. Main thread only. */
#ifndef DRIVE_BLANK_H
#define DRIVE_BLANK_H

#include <stdbool.h>

#include "util/fail.h"
#include "util/message.h"
#include "util/progress.h"

struct drive;

/* Empties a rewritable medium, whatever is on it or wrong with it. all: every block, which takes as
 * long as burning it full; else just what makes it count as empty. CD-RW and DVD-RW are blanked (a
 * DVD-RW becomes sequential; without all it takes only burns of a known size afterwards); the start
 * of DVD+RW, DVD-RAM and BD-RE, or all of it, is overwritten with zeros. FAIL_DRIVE if there is no
 * medium, or it can be written only once. 0, or -1 with f filled. */
int blank_medium(struct drive *d, bool all, const struct progress_watch *watch,
	const struct messages *m, struct fail *f);

#endif
