/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there is where a session may be (doc/FORMAT.md, "Later sessions"): its records, its
 * descriptors. Blocks are those of the plain payload; one that can't be read is as good as one of
 * noise, unless a function says otherwise. Everything comes from a stranger. */
#ifndef DISC_SESSION_PROBE_H
#define DISC_SESSION_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "iso/session_record.h"
#include "util/block_reader.h"
#include "util/sector.h"

/* False where it can't be read. */
bool session_probe_block(struct block_reader *blocks, uint64_t lba, uint8_t block[BLOCK_BYTES]);

/* False where the block is no record of that kind. */
bool session_probe_record(struct block_reader *blocks, uint64_t lba, enum session_record_kind kind,
	struct session_record *r);

/* True for a block of zeros. */
bool session_probe_is_empty(struct block_reader *blocks, uint64_t lba);

/* The record of the session that begins at start: its first one, or, where that is damaged, its
 * last one. False for the record of another place, which other programs copy with what stands
 * before a session. */
bool session_probe_read(struct block_reader *blocks, uint64_t start, struct session_record *r);

/* True where its primary descriptor can be read, and what is behind it. */
bool session_probe_has_descriptors(struct block_reader *blocks, uint64_t start);

enum session_wholeness {
	SESSION_WHOLE, /* its last block is there, or was written and can't be read any more */
	SESSION_BROKEN_OFF,
	SESSION_DAMAGED, /* all of it was written, but its descriptors can't be read */
};

/* Of the session that the record is of. */
enum session_wholeness session_probe_wholeness(
	struct block_reader *blocks, const struct session_record *r);

/* True where block 16 of the disc is a copy of the one that is 16 behind start. */
bool session_probe_is_shown(struct block_reader *blocks, uint64_t start);

struct session_primary {
	uint64_t end; /* of the file system, in blocks of the payload; at most what there is */
	int64_t made; /* seconds from 1970; 0: unknown */
};

/* What the primary descriptor says, 16 blocks behind start. False where there is none. */
bool session_probe_primary(struct block_reader *blocks, uint64_t start, struct session_primary *p);

#endif
