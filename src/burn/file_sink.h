/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink for an image file: never visible under its final name before it is whole. */
#ifndef BURN_FILE_SINK_H
#define BURN_FILE_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "burn/sink.h"
#include "util/fail.h"

struct burn_source;

/* Refuses early what file_sink_write would refuse: a file that exists, unless replace is set and it
 * is a regular one that may be replaced; a directory that can't be written; too little space for
 * announced_bytes (0: unknown). The name of a link is resolved: its target counts, also one that
 * does not exist. Changes nothing. 0 or -1. */
int file_sink_check(const char *path, bool replace, uint64_t announced_bytes, struct fail *f);

/* Writes all of top into path. The file appears under its name only when it is whole and fsynced:
 * O_TMPFILE and linkat; to replace path the finished file gets a temporary name,
 * ".NAME.xburncrypt-XXXXXX" beside it, for the moment before rename; where O_TMPFILE is unsupported
 * it has that name while it is written. replace: path may exist as a regular file (it keeps its
 * mode). A file that appears meanwhile is not overwritten. announced_bytes: 0 for unknown. A caught
 * signal (util/signals.h) ends it with FAIL_FAILED and leaves nothing behind. *n_bytes gets the
 * bytes written. 0 or -1. top stays the caller's. */
int file_sink_write(struct burn_source *top, const char *path, bool replace,
	uint64_t announced_bytes, const struct sink_watch *watch, uint64_t *n_bytes,
	struct fail *f);

#endif
