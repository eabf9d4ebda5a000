/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all stages share: a struct burn_source of version 1 (libburn.h: read is NULL, read_xt and
 * cancel are set), so that libisofs' sources, ours and libburn's tracks fit each other.
 *
 * A stage owns its upstream and frees it; a constructor that fails leaves the upstream with the
 * caller. A stage keeps its failure, counts what it hands out, and holds its upstream to the size
 * that was announced. What it hands out fills the reader's buffer, except at the end; an end or an
 * error is final. Small reads are served out of a chunk, large ones go straight into the reader's
 * buffer.
 *
 * One thread reads; cancel may be called by another one meanwhile, and goes upstream. A read that
 * cancel ends is an error without a failure: whoever cancels knows why. No thread may be inside a
 * stage that is freed.
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

/* The first member of each stage's own struct, which is on the heap. The constructor fills in the
 * upper half. */
struct stage {
	const char *name;             /* such as "encryption": the object of failures */
	struct burn_source *upstream; /* NULL: none */
	uint64_t announced;           /* upstream's exact size; 0: what upstream says, if it does */
	uint64_t size;                /* what this stage will hand out; 0: unknown */
	/* Puts 1 to n bytes into buf; n is a multiple of BLOCK_BYTES, at most CHUNK_BYTES. 0 at the
	 * end; -1 for an error, which is in fail or in a stage before this one. Not called again
	 * after either. */
	ssize_t (*fill)(struct stage *s, uint8_t *buf, size_t n);
	/* Wakes whoever waits inside fill; any thread; may be NULL. */
	void (*cancel)(struct stage *s);
	/* Ends threads and frees what the stage made, except itself; upstream still exists. May
	 * be NULL. */
	void (*free)(struct stage *s);

	struct fail fail; /* filled in by the thread that reads */
	/* stage.c's own */
	_Atomic uint64_t n_bytes; /* handed out */
	uint64_t taken;           /* from upstream, by stage_take */
	uint8_t *chunk;           /* what small reads are served from */
	size_t at, end;           /* the bytes of it that were not read yet */
	bool is_ended;
	atomic_bool is_failed, is_cancelled;
};

/* Zeroed memory for a stage's struct. NULL with f filled. */
void *stage_alloc(size_t n_bytes, struct fail *f);

/* Makes a source of s, which stage_free frees, with its upstream. NULL with f filled (no memory, or
 * an upstream of another size than announced): s is freed, its upstream is the caller's. */
struct burn_source *stage_new(struct stage *s, struct fail *f);

/* The stage behind a source; NULL if it is not one of ours. */
struct stage *stage_of(struct burn_source *source);

/* Fills buf from a source of any version; fewer than n bytes only at its end. Returns the bytes, or
 * -1 for an error, which stage_cause explains. */
ssize_t stage_read(struct burn_source *source, uint8_t *buf, size_t n);

/* The same from s->upstream, for fill, and holds it to s->announced: never asks for more; upstream
 * having less or more is a failure of s, and no byte after the announced ones is handed out. 0 at
 * the end. */
ssize_t stage_take(struct stage *s, uint8_t *buf, size_t n);

/* What a source will deliver; 0: unknown. */
uint64_t stage_size(struct burn_source *source);

/* What it has handed out so far; 0 for a source that is not a stage. Any thread. */
uint64_t stage_n_bytes(struct burn_source *source);

/* True once a read of a stage has failed. Any thread. */
bool stage_has_failed(struct burn_source *source);

/* The first failure along the chain, copied to *f; false where no stage has failed. The burn is
 * over, the chain is not freed yet. NULL is an empty chain. */
bool stage_cause(struct burn_source *top, struct fail *f);

/* Tells a source that nobody will read any more; a read that blocks in another thread returns soon.
 */
void stage_cancel(struct burn_source *source);

/* Drops one reference; the last one frees the stage and its upstream. NULL does nothing. */
void stage_free(struct burn_source *source);

#endif
