/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source out of nothing for the tests of stages and sinks. */
#ifndef TESTS_LIB_MEMORY_SOURCE_H
#define TESTS_LIB_MEMORY_SOURCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "burn/stage.h"
#include "lib/drain.h"

/* What the source does, and what was done to it. The test owns it; it outlives the source. */
struct memory_source {
	uint64_t n_bytes;   /* it delivers */
	uint64_t announced; /* what get_size says */
	bool fails;         /* at n_bytes, instead of ending */
	bool is_old;        /* version 0: read instead of read_xt, and short reads */
	unsigned nap_us;    /* before each read */
	uint64_t block_at;  /* if not 0: the read there blocks until the source is cancelled */
	uint64_t hook_at;   /* if not 0: the read there calls hook first */
	void (*hook)(void *ctx);
	void *hook_ctx;
	/* told */
	_Atomic uint64_t at;
	unsigned n_reads;
	atomic_int n_freed, n_cancelled;
};

/* The source. */
struct burn_source *memory_source_new(struct memory_source *m);

/* The bytes that every memory source delivers from offset on. */
void memory_source_bytes(uint8_t *buf, uint64_t offset, size_t n);

/* One test: what came out is n_bytes of a memory source's bytes from its start, in order. Frees. */
void memory_source_check(struct drained *sink, uint64_t n_bytes, const char *name);

/* The sizes that each stage is read in; 0 at the end. */
extern const size_t memory_source_pieces[];

#endif
