/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a source of src/image to its end, and holds it to its contract. */
#ifndef TESTS_LIB_DRAIN_H
#define TESTS_LIB_DRAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree/isofs.h"
#include "util/report.h"

struct drained {
	uint8_t *bytes; /* heap */
	size_t n_bytes;
	int last;        /* of read_xt: 0 or -1 */
	bool is_orderly; /* full buffers but for the last, nothing behind the end, counter right */
};

/* Reads in pieces, at most n_max bytes, and once more behind the end. The caller frees bytes. */
struct drained drain(
	struct burn_source *source, const struct report *report, size_t piece, size_t n_max);

#endif
