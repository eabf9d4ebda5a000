/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Emptying and formatting the medium in a drive. No drive can break these off: a caught signal is
 * left for the caller to look at afterwards. The drive's facts are fresh when they return.
 * 0, or -1 with f filled. Main thread only. */
#ifndef DRIVE_MEDIUM_H
#define DRIVE_MEDIUM_H

#include <stdbool.h>

#include "util/fail.h"
#include "util/message.h"
#include "util/progress.h"

struct drive;

/* Empties a rewritable medium, whatever is on it or wrong with it. all: every block, which takes
 * as long as burning it full; else just what makes it count as empty. CD-RW and DVD-RW are blanked
 * (a DVD-RW becomes sequential; without all it takes only burns of a known size afterwards); the
 * start of DVD+RW, DVD-RAM and BD-RE, or all of it, is overwritten with zeros. FAIL_DRIVE for a
 * medium that can be written once only, or is none. */
int medium_blank(struct drive *d, bool all, const struct progress_watch *watch,
	const struct messages *m, struct fail *f);

/* Formats DVD-RW (for restricted overwrite), DVD+RW, DVD-RAM, BD-RE and a blank BD-R (which gets
 * spare blocks), with the drive's default size; what is on it is lost. FAIL_DRIVE for others. */
int medium_format(struct drive *d, const struct progress_watch *watch, const struct messages *m,
	struct fail *f);

/* Formats a BD-RE or DVD-RAM that never was, and does nothing else: for a burn about to begin.
 */
int medium_format_new(struct drive *d, const struct progress_watch *watch, const struct messages *m,
	struct fail *f);

#endif
