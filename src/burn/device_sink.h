/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink for a block device that is no optical drive. */
#ifndef BURN_DEVICE_SINK_H
#define BURN_DEVICE_SINK_H

#include <stdint.h>

#include "util/fail.h"
#include "util/progress.h"

struct burn_source;

/* Refuses early what device_sink_write would refuse: a device that is mounted, swapped on or held
 * (itself or a partition of it; by O_EXCL and what the kernel tells), write-protected, or smaller
 * than announced_bytes (0: unknown). FAIL_DRIVE. Changes nothing. 0 or -1. */
int device_sink_check(const char *path, uint64_t announced_bytes, struct fail *f);

/* Writes top over a block device (-force-device), from its start, fsyncs it and drops what the
 * kernel remembers of it. A caught signal (util/signals.h) ends it with FAIL_FAILED; what was
 * written stays. *n_bytes gets the bytes written. 0 or -1. top stays the caller's. */
int device_sink_write(struct burn_source *top, const char *path, uint64_t announced_bytes,
	const struct progress_watch *watch, uint64_t *n_bytes, struct fail *f);

#endif
