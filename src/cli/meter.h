/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Progress on stderr: one line redrawn on a terminal, lines of text, or JSON objects. Main thread
 * only. */
#ifndef CLI_METER_H
#define CLI_METER_H

#include <stdbool.h>

#include "cli/options.h"
#include "job/pipeline.h"
#include "util/fail.h"
#include "util/progress.h"

enum meter_mode { METER_AUTO, METER_PLAIN, METER_JSON, METER_NONE };

/* -progress and -quiet. 0, or -1 with f filled. */
int meter_mode_get(const struct options *o, enum meter_mode *mode, struct fail *f);

/* What the sinks call. The pipeline is borrowed until progress_end; NULL for work without one. */
const struct progress_watch *meter_start(enum meter_mode mode, const struct pipeline *p);

/* Takes the line off the terminal. */
void meter_end(void);

#endif
