/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record with which a later session begins and ends (doc/FORMAT.md): which session it is, where
 * it lies, and where the earlier ones are. One without the other is a session that was broken off.
 * Pure bytes, which come from a stranger. */
#ifndef ISO_SESSION_RECORD_H
#define ISO_SESSION_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "util/sector.h"

enum {
	SESSION_RECORD_BLOCK = 15, /* of a session: the last one of the system area */
	SESSION_RECORD_EARLIER_MAX = 120,
	SESSION_RECORD_ID_BYTES = 16,
	/* what may stand before the second session where media are overwritten in place: a system
	 * area of zeros, and the first descriptors of the disc as they were */
	SESSION_SAVED_BLOCKS = 32,
};

enum session_record_kind { SESSION_RECORD_START, SESSION_RECORD_END };

/* Where a session is, in blocks from the payload's start. */
struct session_place {
	uint32_t start; /* its descriptors are 16 blocks behind; what mount takes as sbsector */
	uint32_t end;   /* behind its last block. Of the first session this is before start, where
			   its descriptors were saved behind it */
	int64_t made;   /* seconds from 1970 */
};

struct session_record {
	uint32_t number;                     /* of this session: from 2 on */
	uint8_t id[SESSION_RECORD_ID_BYTES]; /* random; the same in both records of a session */
	struct session_place here;
	/* the session before it first; where there are more, the oldest are not among them */
	struct session_place earlier[SESSION_RECORD_EARLIER_MAX];
	uint32_t n_earlier;
	uint32_t saved;   /* what mount takes as sbsector for the first session, whose descriptors
			     were saved there; 0: nowhere */
	bool is_in_place; /* it counts once block 16 of the disc is a copy of its own */
};

/* Writes it to block. */
void session_record_encode(
	const struct session_record *r, enum session_record_kind kind, uint8_t block[BLOCK_BYTES]);

/* False where block is none of that kind, is damaged, or contradicts itself: the places have to
 * descend. */
bool session_record_decode(
	struct session_record *r, enum session_record_kind kind, const uint8_t block[BLOCK_BYTES]);

#endif
