/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of each block of a volume with healing data: a byte each. */
#ifndef HEAL_BLOCK_STATES_H
#define HEAL_BLOCK_STATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heal/heal_layout.h"

enum block_state {
	BLOCK_UNCHECKED, /* also what no digest is of */
	BLOCK_RIGHT,     /* as its digest says */
	BLOCK_UNREADABLE,
	BLOCK_DIFFERS, /* from its digest */
	BLOCK_UNKNOWN, /* its digest is not known */
	BLOCK_HEALED,  /* not checked since */
	BLOCK_UNREAD,  /* nobody has tried */
	BLOCK_STATES
};

/* True where there are no bytes. */
static inline bool block_state_is_missing(uint8_t state)
{
	return state == BLOCK_UNREADABLE || state == BLOCK_UNREAD;
}

/* True where a code has to find out what it was. */
static inline bool block_state_is_bad(uint8_t state)
{
	return block_state_is_missing(state) || state == BLOCK_DIFFERS;
}

/* Of how many blocks of an area each state is. */
void block_states_count(
	const uint8_t *states, struct heal_area area, uint64_t counts[BLOCK_STATES]);

/* What the codes can bring back, as far as states tell: a block that is unknown counts as right. */
struct block_outlook {
	uint64_t n_bad;       /* of the volume, its tree and the parity */
	uint64_t n_lost;      /* blocks of the volume that stay bad */
	uint64_t n_lost_tree; /* of its tree, whose digests are then not known */
	unsigned n_worst_bad; /* bad blocks of the column of the rows' code that has most */
};

/* healed gets the states as they would be then, a byte a block up to the layout's end. */
void block_states_outlook(struct block_outlook *o, const struct heal_layout *l,
	const uint8_t *states, uint8_t *healed);

/* The next run of blocks of an area, from at on, that are not right, or only those that are bad:
 * its length, and *first; 0: there is none. */
uint64_t block_states_next_wrong(
	const uint8_t *states, struct heal_area area, uint64_t at, uint64_t *first);
uint64_t block_states_next_bad(
	const uint8_t *states, struct heal_area area, uint64_t at, uint64_t *first);

#endif
