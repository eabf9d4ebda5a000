/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All System Use fields of a directory record: those in it, and those in its continuation areas,
 * which may lie anywhere on the medium (SUSP: IEEE P1281, 5.1).
 *
 * They come from strangers: how many areas one record may have, and how much is read of all
 * together, is bounded. One thread at a time. */
#ifndef ISO_SYSTEM_USE_H
#define ISO_SYSTEM_USE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iso/directory_record.h"
#include "iso/rock_ridge.h"
#include "util/block_reader.h"

struct system_use {
	struct block_reader *blocks;
	struct rock_ridge_long rest; /* of the record that was read last */
	uint64_t n_bytes_left;       /* that may still be read */
	uint64_t n_bytes_read;
	/* The blocks that were read last: the areas of a directory's records share blocks, so the
	 * next one is often in memory already. */
	uint8_t *cached; /* heap */
	uint64_t cached_lba;
	uint32_t n_cached;
	/* of the record that was read last: where its continuation areas lie; areas_end 0: none */
	uint64_t areas_lba, areas_end;
};

/* Starts reading, through blocks (borrowed), for a directory of n_bytes. */
void system_use_open(struct system_use *s, struct block_reader *blocks, uint64_t n_bytes);

/* Reads the fields of record, whose area skips some bytes at its start. False where they are
 * damaged, and taken up to there. What points to s->rest lives until the next record. */
bool system_use_read(struct system_use *s, const struct directory_record *record, size_t skip,
	struct rock_ridge *fields);

/* Frees what s holds. */
void system_use_close(struct system_use *s);

#endif
