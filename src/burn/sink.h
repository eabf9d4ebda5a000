/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the sinks that write to a descriptor pull the chain. */
#ifndef BURN_SINK_H
#define BURN_SINK_H

#include <stdint.h>

#include "util/fail.h"
#include "util/progress.h"

struct burn_source;

/* Writes all of top to fd; *n_bytes gets the bytes written. Checks for a caught signal before each
 * chunk. Fails unless top delivers exactly announced_bytes (0: unknown). name is the object in
 * messages. 0 or -1. */
int sink_pump(struct burn_source *top, int fd, const char *name, uint64_t announced_bytes,
	const struct progress_watch *watch, uint64_t *n_bytes, struct fail *f);

#endif
