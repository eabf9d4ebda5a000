/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all sinks tell while they pull the chain. */
#ifndef BURN_SINK_H
#define BURN_SINK_H

#include <stdint.h>

/* How far a sink has come, given to the tick function about ten times a second, in the main thread.
 */
struct sink_progress {
	const char *phase;         /* "writing", "closing", ...: see doc/xburncrypt.1 */
	uint64_t n_bytes, n_total; /* n_total 0: unknown */
	int drive_buffer_percent;  /* -1: no drive */
};
struct sink_watch {
	void (*tick)(void *ctx, const struct sink_progress *p);
	void *ctx;
};

#endif
