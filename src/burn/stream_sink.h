/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink for stdout, a FIFO or a character device. */
#ifndef BURN_STREAM_SINK_H
#define BURN_STREAM_SINK_H

#include <stdint.h>

#include "util/fail.h"
#include "util/progress.h"

struct burn_source;

/* Writes all of top to an open descriptor (stdout, a FIFO, a character device), which stays open.
 * name is the object in messages. */
int stream_sink_write(struct burn_source *top, int fd, const char *name, uint64_t announced_bytes,
	const struct progress_watch *watch, uint64_t *n_bytes, struct fail *f);

#endif
