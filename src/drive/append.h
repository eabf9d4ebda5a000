/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether and where a medium that holds a session takes a further one. Main thread only. */
#ifndef DRIVE_APPEND_H
#define DRIVE_APPEND_H

#include <stdbool.h>
#include <stdint.h>

#include "util/fail.h"
#include "util/message.h"

struct drive;

/* Refuses, with FAIL_DRIVE and a hint, a drive and a medium that take no further session: none
 * there, blank, closed, of a kind or blanked in a way that has but one. A broken-off session is no
 * reason, as it can be closed. 0 or -1. */
int append_check(const struct drive *d, struct fail *f);

/* True where the last session was begun and never closed, as a burn leaves it that was killed. What
 * is appended then would become a part of that session, or fail. */
bool append_is_broken(const struct drive *d);

/* Closes such a session, after which the medium is still open for others, and looks anew: the
 * drive's facts are fresh, and a reader of the drive (drive_reader.h) stays valid. FAIL_DRIVE where
 * it can't be closed. 0 or -1. */
int append_close_broken(struct drive *d, const struct messages *m, struct fail *f);

/* Closes an appendable medium whose sessions are closed, without another one, and looks anew.
 * FAIL_DRIVE where it stays open: a CD, or the drive can't. 0 or -1. */
int append_close(struct drive *d, const struct messages *m, struct fail *f);

/* Where a further session would begin on a medium that is written once. FAIL_DRIVE where the drive
 * doesn't tell. 0 or -1. */
int append_next(const struct drive *d, uint64_t *lba, struct fail *f);

#endif
