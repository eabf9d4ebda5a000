/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a chain ends: a file, a stream, a block device, an optical drive.
 *
 * A sink pulls the top of a chain in a thread of its own, or of libburn's, so that several can be
 * at work. The maker fills in the functions; their caller is the main thread. Each fails with -1
 * and f filled: with the first failure in the chain (stage_cause) if there is one, and with
 * FAIL_FAILED, "interrupted", where a signal was caught (util/signals.h), which ends every sink.
 */
#ifndef BURN_SINK_H
#define BURN_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "util/block_reader.h"
#include "util/fail.h"
#include "util/progress.h"
#include "util/size.h"

struct burn_source;

struct sink_needs {
	uint32_t unit_bytes;     /* what is written in: data is padded to a multiple of it */
	uint64_t tail_bytes;     /* zeros wanted after that */
	uint64_t capacity_bytes; /* 0: unknown */
	uint64_t start_lba;      /* where writing will start */
};

/* n_bytes of data with all the padding that a sink wants. */
static inline uint64_t sink_padded_bytes(const struct sink_needs *needs, uint64_t n_bytes)
{
	return size_round_up(n_bytes, needs->unit_bytes) + needs->tail_bytes;
}

struct sink_result {
	uint64_t n_bytes; /* that went out */
	bool was_begun; /* false: the output is unchanged, except that a medium may be formatted */
	bool is_whole;  /* all data is on the output, and it can be found there; also if
			   something failed after the last byte */
};

struct sink {
	/* Changes nothing. Refuses what can't be written: n_bytes of data without the padding (0:
	 * unknown). */
	int (*needs)(struct sink *s, uint64_t n_bytes, struct sink_needs *needs, struct fail *f);
	/* Begins to write all of top, which delivers n_bytes including the padding (0: unknown);
	 * another length is a failure. top is borrowed until finish. Where this fails nothing was
	 * written. */
	int (*start)(struct sink *s, struct burn_source *top, uint64_t n_bytes, struct fail *f);
	/* Waits for news, at most timeout_ms, and tells how far it came (phase NULL: not known
	 * yet). False once it has ended. */
	bool (*poll)(struct sink *s, unsigned timeout_ms, struct progress *p);
	/* Waits for the end; once, after a start that succeeded. */
	int (*finish)(struct sink *s, struct sink_result *result, struct fail *f);
	/* What the result is read back through; the caller frees it before the sink. *reader is
	 * NULL, with 0, where it can't be. */
	int (*reader)(struct sink *s, struct block_reader **reader, struct fail *f);
	/* Overwrites n_blocks from lba on in place, with one write of whole write units, and makes
	 * that permanent: all new, or a failure (after which the blocks are the old ones, as far as
	 * the output still takes writes). Only between writes. NULL where the output can't; one
	 * that is written once fails with FAIL_DRIVE. */
	int (*rewrite)(struct sink *s, uint64_t lba, uint32_t n_blocks, const uint8_t *blocks,
		struct fail *f);
	void (*free)(struct sink *s);
};

/* Starts, ticks about ten times a second, and finishes. *result is filled in any case. */
int sink_run(struct sink *s, struct burn_source *top, uint64_t n_bytes,
	const struct progress_watch *watch, struct sink_result *result, struct fail *f);

/* NULL does nothing. */
void sink_free(struct sink *s);

#endif
