/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formatting the medium in a drive. No drive can interrupt that: a caught signal is left for the
 * caller to check afterwards. The drive's facts are fresh when it has ended. 0, or -1 with f
 * filled. Main thread only. */
#ifndef DRIVE_MEDIUM_H
#define DRIVE_MEDIUM_H

#include <stdbool.h>
#include <stdint.h>

#include "util/fail.h"
#include "util/message.h"
#include "util/progress.h"

struct drive;
struct drive_wait;

enum { MEDIUM_DVD_RW_OVERWRITE = 0x13 }; /* profile */

/* Formats DVD-RW (for restricted overwrite), DVD+RW, DVD-RAM, BD-RE and a blank BD-R (which gets
 * spare blocks), with the drive's default size; its data is lost. FAIL_DRIVE for others. */
int medium_format(struct drive *d, const struct progress_watch *watch, const struct messages *m,
	struct fail *f);

/* For a burn about to begin: starts to format a BD-RE or DVD-RAM that was never formatted. False
 * where there is nothing to wait for (drive_wait). medium_format_end, once the drive is at rest. */
bool medium_format_begin(struct drive *d, struct drive_wait *w);
int medium_format_end(struct drive *d, struct drive_wait *w, struct fail *f);

/* Overwrites the start of an overwritable medium, where every header and file system is found. */
int medium_wipe_start(struct drive *d, const struct messages *m, struct fail *f);

/* The end of what libburn's thread did to a medium; what: "the medium can't be ...". */
int medium_end(struct drive *d, struct drive_wait *w, const char *what, struct fail *f);

/* Refuses (FAIL_DRIVE) a medium that can't be what ("blanked"), with a hint naming those that can.
 */
int medium_refuse(const struct drive *d, const char *what, const char *hint, struct fail *f);

/* What fits onto it. */
uint64_t medium_bytes(const struct drive *d);

#endif
