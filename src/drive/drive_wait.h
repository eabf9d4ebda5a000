/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waits until libburn's thread has done its work with a drive: ticks, collects complaints, passes a
 * caught signal on. For this room's own files. Main thread only. */
#ifndef DRIVE_DRIVE_WAIT_H
#define DRIVE_DRIVE_WAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "drive/library.h"
#include "util/message.h"
#include "util/progress.h"

struct drive;
struct burn_source;

struct drive_wait {
	const struct messages *m;
	uint64_t n_total; /* bytes; 0: unknown */

	/* A burn: the stage that libburn reads. A caught signal cancels both. NULL: blanking or
	 * formatting, which no drive can interrupt. */
	struct burn_source *top;

	struct complaint complaint; /* out: the first grave one */
	bool was_busy;              /* drive_wait.c's own */
};

/* Checks, reports the progress (phase NULL: not known), and waits timeout_ms. False once the drive
 * is at rest and libburn no longer uses what the caller lent it. */
bool drive_wait_step(
	struct drive *d, struct drive_wait *w, unsigned timeout_ms, struct progress *progress);

/* Until then. watch may be NULL. */
void drive_wait(struct drive *d, struct drive_wait *w, const struct progress_watch *watch);

#endif
