/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chain is pulled into the sink: from here on an output is written. Main thread only. */
#ifndef JOB_TRANSFER_H
#define JOB_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "burn/sink.h"
#include "crypto/digest_list.h"
#include "job/chain.h"
#include "job/target.h"
#include "job/voice.h"
#include "util/fail.h"

/* The upper part is the caller's, the rest starts as zeros. */
struct transfer {
	struct target *target;
	struct layout *layout; /* completed, where a size was unknown */
	const struct voice *voice;
	struct chain_plan plan; /* but for its digests */

	struct digest_list *digests; /* of what was sent; NULL: it is not compared */
	struct sink_result written;
	bool was_completed;
	uint64_t n_bytes; /* written, without the padding of the medium */
	double seconds;
	int queue_lowest_percent; /* -1: no queue */
};

/* transfer_clear in any case. 0, or -1 with f filled. */
int transfer_run(struct transfer *t, struct fail *f);

/* A caught signal is the cause, whatever failed because of it: fills f anew, and says in what state
 * the medium is. t may not have run; target: its target, or the one it would have had. */
void transfer_explain(const struct transfer *t, const struct target *target, struct fail *f);

/* Frees what a transfer holds, run or not. */
void transfer_clear(struct transfer *t);

#endif
