/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was made and how to open it, told at the end. */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "crypto/format/volume.h"
#include "job/input.h"
#include "job/pipeline.h"

struct summary {
	const char *output; /* a path, "-" for stdout */
	bool is_stream;     /* nothing at that path can be opened afterwards */
	uint64_t n_bytes;   /* written, padding of the medium left out */
	const struct volume *volume;
	const char *commands; /* that open it, one a line */
	const struct input *input;
	int queue_lowest_percent; /* -1: no queue */
	bool was_simulated;
	bool was_verified;       /* every block was read back and compared */
	bool header_was_checked; /* read back and opened */
};

/* Prints to a stream, which is not flushed. */
void summary_print(FILE *to, const struct summary *s);

#endif
