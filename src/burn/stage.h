/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all stages share: a struct burn_source of version 1 (libburn.h: read is NULL, read_xt and
 * cancel are set), so that libisofs' sources, ours and libburn's tracks fit each other.
 *
 * A stage owns its upstream and frees it; a constructor that fails leaves the upstream with the
 * caller. A stage remembers its failure in its report and ends exactly at its size. What it hands
 * out fills the reader's buffer, except at the end; after an end or an error it stays so. Small
 * reads are served out of a chunk, large ones straight into the reader's buffer.
 *
 * One thread reads; cancel may be called by another one meanwhile, and goes upstream. Whoever
 * cancels has a reason of his own: a read that it ends is an error that no report tells of. No
 * thread may be inside a stage that is freed.
 */
#ifndef BURN_STAGE_H
#define BURN_STAGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <libburn/libburn.h>

#include "util/fail.h"
#include "util/report.h"

/* The first member of each stage's own struct. The constructor fills in the upper half. */
struct stage {
	struct burn_source *upstream; /* owned once stage_new succeeded; NULL: none */
	struct report *report;        /* borrowed */
	uint64_t announced;           /* upstream's exact size; 0: unknown */
	uint64_t size;                /* what this stage will hand out; 0: unknown */
	/* Puts 1 to CHUNK_BYTES bytes into buf. 0 at the end; -1 for an error, explained in this or
	 * an upstream report. Not called again after either. */
	ssize_t (*fill)(struct stage *s, uint8_t *buf);
	/* Wakes whoever waits inside fill; any thread; may be NULL. */
	void (*cancel)(struct stage *s);
	/* Ends threads and frees what the stage made, but for itself; upstream is still there. May
	 * be NULL. */
	void (*free)(struct stage *s);

	/* stage.c's own */
	uint64_t taken;           /* from upstream, by stage_take */
	uint8_t *chunk;           /* what small reads are served from */
	size_t at, end;           /* the bytes of it that were not read yet */
	bool is_ended, is_failed; /* by fill */
	atomic_bool is_cancelled;
};

/* Makes a source of s, which is on the heap; from then on stage_free frees it. NULL with f filled
 * (no memory) leaves s and its upstream with the caller. */
struct burn_source *stage_new(struct stage *s, struct fail *f);

/* Fills buf from a source of any version; fewer than n bytes only at its end. Returns the bytes, or
 * -1 for an error, which the source's report explains. */
ssize_t stage_read(struct burn_source *source, uint8_t *buf, size_t n);

/* The same from s->upstream, for fill, and holds it to s->announced: never asks for more; upstream
 * having less or more is a failure in s->report. 0 at the end. */
ssize_t stage_take(struct stage *s, uint8_t *buf, size_t n);

/* What a source will deliver; 0: unknown. */
uint64_t stage_size(struct burn_source *source);

/* Tells a source that nobody will read on; one that is blocked in a read in another thread comes
 * back soon. */
void stage_cancel(struct burn_source *source);

/* Drops one reference; the last one frees the stage and its upstream. NULL does nothing. */
void stage_free(struct burn_source *s);

#endif
