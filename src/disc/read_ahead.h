/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Read-ahead: chunks of 256 KiB, kept for a while, that threads read before they are asked for.
 *
 * A read that goes on where an earlier one ended, three times in a row, starts it; several such
 * streams at once are told apart. Other reads are passed on as they are. A chunk that can't be read
 * is not kept: the reads that meet it are passed on, and fail with the block that is bad.
 */
#ifndef DISC_READ_AHEAD_H
#define DISC_READ_AHEAD_H

#include <stdint.h>

#include "util/block_reader.h"
#include "util/fail.h"

struct read_ahead;

/* blocks is borrowed and outlives it; many threads will read it at once. No thread is started
 * before the first stream. NULL with f filled. */
struct read_ahead *read_ahead_new(struct block_reader *blocks, struct fail *f);

/* As block_reader_read; any number of threads. */
int read_ahead_read(struct read_ahead *a, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f);

/* Ends the threads. NULL does nothing. */
void read_ahead_free(struct read_ahead *a);

#endif
