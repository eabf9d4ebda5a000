/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all sinks tell while they pull the chain, and how those that write to a descriptor do it. */
#ifndef BURN_SINK_H
#define BURN_SINK_H

#include <stdint.h>

#include "util/fail.h"

struct burn_source;

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

/* Calls the tick function of a sink without a drive. watch may be NULL. */
void sink_tick(
	const struct sink_watch *watch, const char *phase, uint64_t n_bytes, uint64_t n_total);

/* Writes all of top to fd; *n_bytes gets the bytes written. Checks for a caught signal before each
 * chunk. Fails unless top delivers exactly announced_bytes (0: unknown). name is the object in
 * messages. 0 or -1. */
int sink_pump(struct burn_source *top, int fd, const char *name, uint64_t announced_bytes,
	const struct sink_watch *watch, uint64_t *n_bytes, struct fail *f);

#endif
