/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink that burns: one session with one data track on the medium in a drive, its first or a
 * further one. Main thread only,
 * one drive at a time. */
#ifndef DRIVE_SESSION_H
#define DRIVE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "burn/sink.h"
#include "drive/session_options.h"
#include "util/message.h"

struct drive;

/* The sink. It needs what the medium wants after the data: CD 150 blocks that may be unreadable,
 * DVD and BD whole ECC blocks (16 and 32 blocks); and refuses what session_check.h says
 * (FAIL_DRIVE).
 *
 * It waits until the queue in front of it is full, formats a medium that must be formatted, and
 * burns. A source that fails or ends early cancels at once, so that no wrong disc is finished. A
 * caught signal cancels, waits until the drive is at rest, and is a failure; one that came before
 * leaves the medium alone. Reading back reloads the medium. A rewrite is drive_rewrite.h's.
 *
 * All is borrowed; each call reads the options anew. NULL with f filled. */
struct sink *session_sink_new(
	struct drive *d, const struct session_options *o, const struct messages *m, struct fail *f);

#endif
