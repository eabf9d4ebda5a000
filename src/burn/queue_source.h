/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bounded queue that a thread of its own fills ahead, so that a drive never waits for a source.
 *
 * Buffers of CHUNK_BYTES and condition variables, no naps (libburn's fifo naps 50 ms whenever it is
 * empty or full). Takes over upstream when it succeeds; NULL with f filled leaves it with the
 * caller. Runs in the thread that pulls it, and allocates nothing while streaming. */
#ifndef BURN_QUEUE_SOURCE_H
#define BURN_QUEUE_SOURCE_H

#include <stddef.h>

#include "util/fail.h"

struct burn_source;

/* Starts filling at once. depth_bytes: 16 MiB to 64 MiB for a drive. */
struct burn_source *queue_source_new(
	struct burn_source *upstream, size_t depth_bytes, struct fail *f);

/* Fill level now, and the lowest one since the first read while upstream still had data; in
 * percent. Any thread. */
unsigned queue_source_fill_percent(struct burn_source *queue);
unsigned queue_source_lowest_percent(struct burn_source *queue);

/* Waits until a queue is full, upstream has ended or failed, or a signal was caught; not at all for
 * any other source. Main thread.
 * 0; -1 where upstream has failed already, which stage_cause explains. */
int queue_source_wait_filled(struct burn_source *source);

#endif
