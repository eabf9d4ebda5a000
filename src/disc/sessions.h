/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sessions of a disc that has grown (doc/FORMAT.md, "Sessions"): where they begin, and which of
 * them is the newest whole one. What the drive's table of contents says is only a hint: it counts
 * sessions that were broken off, and images have none. Everything read comes from a stranger. */
#ifndef DISC_SESSIONS_H
#define DISC_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/block_reader.h"
#include "util/fail.h"
#include "util/message.h"

/* In blocks of the payload. */
struct session {
	unsigned number; /* from 1 */
	uint64_t start;  /* its descriptors are 16 blocks behind */
	uint64_t first;  /* its first block: start, but 0 for the first session */
	uint64_t end;    /* behind its last block */
	int64_t made;    /* seconds from 1970; 0: unknown */
	bool has_record;
	bool is_lost; /* its descriptors were overwritten, and no record leads to a copy */
};

struct sessions {
	struct session *list; /* heap; the oldest first; at least one */
	size_t n;
	bool starts_newest; /* blocks 16 to 18 are the newest session's: written in place */
	uint64_t saved;     /* where the first one's descriptors were saved; 0: nowhere */
};

/* Where to look. All is borrowed. */
struct session_search {
	struct block_reader *blocks; /* the plain payload */
	uint64_t lead;               /* its first block on the medium */
	const uint64_t *track_lbas;  /* ascending; what the drive says, which may be nothing */
	size_t n_tracks;
	bool may_scan;            /* also blocks behind the sessions that are known, up to 64 MiB */
	const struct messages *m; /* hears of sessions that were broken off, or are damaged */
};

/* Finds all of them. sessions_free in any case. 0, or -1 with f filled: no memory, a caught signal.
 */
int sessions_find(struct sessions *s, const struct session_search *how, struct fail *f);

/* How many blocks from lba on belong to a session, or to none (*is_gap): only where all sessions
 * have records is that known. Behind the newest one there is no gap. s may be NULL: none is known.
 */
uint64_t sessions_run(const struct sessions *s, uint64_t lba, bool *is_gap);

/* Where the newest session ends, if there are several and their places are known; else 0, as for
 * NULL. */
uint64_t sessions_end(const struct sessions *s);

/* By number; NULL where there is none, or it is lost. */
const struct session *sessions_get(const struct sessions *s, unsigned number);

void sessions_free(struct sessions *s);

#endif
