/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a medium back and compares it with what was sent. */
#ifndef DISC_COMPARE_H
#define DISC_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/digest_list.h"
#include "util/block_reader.h"
#include "util/fail.h"
#include "util/progress.h"

/* Blocks in a row that differ (groups of DIGEST_GROUP_BYTES), or that can't be read (as exactly as
 * the reader tells). */
struct compare_extent {
	uint64_t lba, n_blocks;
	bool is_unreadable;
};

enum { COMPARE_EXTENTS_MAX = 64 };

struct compare_result {
	struct compare_extent
		extents[COMPARE_EXTENTS_MAX]; /* the first ones; neighbours are joined */
	size_t n_extents;
	bool has_more;         /* than fit there */
	uint64_t n_bad_blocks; /* in all */
};

/* Reads n_bytes from block 0 (the list's stream) and fills *result. It goes on after bad blocks, so
 * that all of them are known. 0 if all is equal, -1 with f filled: FAIL_MISMATCH if something is
 * bad, else what prevented the comparison, including a caught signal. */
int compare_blocks(struct block_reader *reader, struct digest_list *sent, uint64_t n_bytes,
	const struct progress_watch *watch, struct compare_result *result, struct fail *f);

#endif
