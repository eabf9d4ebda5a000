/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a stage to its end, and holds it to its contract. */
#ifndef TESTS_LIB_DRAIN_H
#define TESTS_LIB_DRAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "burn/stage.h"

struct drained {
	uint8_t *bytes; /* heap */
	size_t n_bytes;
	int last;        /* of read_xt: 0 or -1 */
	bool is_orderly; /* full buffers but for the last, nothing behind the end, counter right */
};

/* Reads in pieces, at most n_max bytes, and once more behind the end. The caller frees bytes. */
struct drained drain(struct burn_source *source, size_t piece, size_t n_max);
/* The failure of a stage itself. */
const struct fail *fail_of(struct burn_source *stage);

#endif
