/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink for a block device that is no optical drive. */
#ifndef BURN_DEVICE_SINK_H
#define BURN_DEVICE_SINK_H

#include <stdint.h>

#include "burn/sink.h"
#include "util/fail.h"

struct burn_source;

/* Writes top over a block device (-force-device), from its start, and fsyncs. The device is opened
 * with O_EXCL, so that one that is mounted, swapped on or held is refused (FAIL_DRIVE). Its size is
 * checked against announced_bytes beforehand. */
int device_sink_write(struct burn_source *top, const char *path, uint64_t announced_bytes,
	const struct sink_watch *watch, uint64_t *n_bytes, struct fail *f);

#endif
