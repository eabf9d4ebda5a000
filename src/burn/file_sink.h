/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink for an image file: never visible under its final name before it is whole. */
#ifndef BURN_FILE_SINK_H
#define BURN_FILE_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "util/fail.h"
#include "util/progress.h"

struct burn_source;

/* Refuses early what file_sink_write would refuse (new_file_check in util/new_file.h). Changes
 * nothing. 0 or -1. */
int file_sink_check(const char *path, bool replace, uint64_t announced_bytes, struct fail *f);

/* Writes all of top into path, as a struct new_file (util/new_file.h). replace: path may exist as a
 * regular file. announced_bytes: 0 for unknown. A caught signal (util/signals.h) ends it with
 * FAIL_FAILED and leaves nothing behind. *n_bytes gets the bytes written. 0 or -1. top stays the
 * caller's. */
int file_sink_write(struct burn_source *top, const char *path, bool replace,
	uint64_t announced_bytes, const struct progress_watch *watch, uint64_t *n_bytes,
	struct fail *f);

#endif
