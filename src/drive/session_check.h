/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a burn can work, before anything is written. */
#ifndef DRIVE_SESSION_CHECK_H
#define DRIVE_SESSION_CHECK_H

#include <stdint.h>

#include "drive/session_options.h"
#include "util/fail.h"

struct drive;

/* Drive, medium and size as drive_refusal.h says (append.h where the session is a further one),
 * then write type, simulation, multi, speed and whether the size must be known. n_bytes: all that
 * goes onto the medium, including padding; 0: unknown. FAIL_DRIVE, with numbers and a hint. */
int session_check(
	const struct drive *d, uint64_t n_bytes, const struct session_options *o, struct fail *f);

#endif
