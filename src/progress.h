/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Progress on stderr: one line redrawn on a terminal, lines of text, or JSON objects. Main thread
 * only. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>

#include "burn/sink.h"
#include "options.h"
#include "pipeline.h"
#include "util/fail.h"

enum progress_mode { PROGRESS_AUTO, PROGRESS_PLAIN, PROGRESS_JSON, PROGRESS_NONE };

/* -progress and -quiet. 0, or -1 with f filled. */
int progress_mode_get(const struct options *o, enum progress_mode *mode, struct fail *f);

/* What the sinks call. The pipeline is borrowed until progress_end; NULL for work without one. */
const struct sink_watch *progress_start(enum progress_mode mode, const struct pipeline *p);

/* Takes the line off the terminal. */
void progress_end(void);

#endif
