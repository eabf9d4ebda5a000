/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a long work has come, told while it goes on: to a function of the command line's. */
#ifndef UTIL_PROGRESS_H
#define UTIL_PROGRESS_H

#include <stdint.h>

struct progress {
	const char *phase;         /* "writing", "closing", ...: see doc/xburncrypt.1 */
	uint64_t n_bytes, n_total; /* n_total 0: unknown */
	int drive_buffer_percent;  /* -1: no drive */
};

/* tick is called about ten times a second, in the main thread. */
struct progress_watch {
	void (*tick)(void *ctx, const struct progress *p);
	void *ctx;
};

/* Calls the tick function for work without a drive's buffer. watch may be NULL. */
static inline void progress_tick(
	const struct progress_watch *watch, const char *phase, uint64_t n_bytes, uint64_t n_total)
{
	struct progress p = {
		.phase = phase, .n_bytes = n_bytes, .n_total = n_total, .drive_buffer_percent = -1
	};

	if (watch && watch->tick)
		watch->tick(watch->ctx, &p);
}

#endif
