/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Progress on stderr: one line redrawn on a terminal, lines of text, or JSON objects. Main thread
 * only.
 *
 * The redrawn line is cut to the width that the terminal has at that moment: what matters least is
 * left out, and the file's name gets the rest. */
#ifndef CLI_METER_H
#define CLI_METER_H

#include <stdbool.h>

#include "util/progress.h"

enum meter_mode { METER_AUTO, METER_PLAIN, METER_JSON, METER_NONE };

/* Starts as zeros, except the mode. */
struct meter {
	enum meter_mode mode;
	bool is_on_screen; /* a line is on the terminal */
	const char *phase;
	double started; /* the phase; as all here by meter_now */
	double last_shown;
	double last_time; /* the rate's last sample */
	uint64_t last_bytes;
	double rate; /* bytes a second, smoothed; 0: not known yet */
};

/* Shows what is due. */
void meter_tick(struct meter *m, const struct progress *p);

/* Takes the line off the terminal. */
void meter_clear(struct meter *m);

/* The same; the next tick starts another task. */
void meter_end(struct meter *m);

/* Seconds of the monotonic clock. */
double meter_now(void);

enum { METER_TIME_BYTES = 24 };

/* "0:58" or "1:02:03" in out, which is returned. */
const char *meter_format_time(char out[METER_TIME_BYTES], long seconds);

#endif
