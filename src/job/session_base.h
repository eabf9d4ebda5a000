/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a session is added to: the disc as it is, opened with its key, the files of its newest whole
 * session, and the place where the next one begins. Main thread only. */
#ifndef JOB_SESSION_BASE_H
#define JOB_SESSION_BASE_H

#include <stdbool.h>
#include <stdint.h>

#include "disc/disc.h"
#include "iso/disc_files.h"
#include "iso/session_record.h"
#include "job/request.h"
#include "job/target.h"
#include "job/voice.h"
#include "util/fail.h"

struct session_base {
	struct disc *disc;
	struct disc_files *files;       /* of the newest session; NULL once let go */
	struct session_record earlier;  /* the number of the next session, and the places of those
					   before it */
	struct session_place *sessions; /* heap: all of them, the oldest first, from the first block
					   of each */
	size_t n_sessions;
	uint64_t lead;    /* the payload's first block on the medium */
	bool is_in_place; /* the medium is overwritten in place: its first descriptors change */
	uint64_t start;   /* of the next session, in blocks of the payload */
	uint8_t *saved;   /* heap: SESSION_SAVED_BLOCKS that go out before it; NULL: none */
	uint64_t n_blocks_free; /* of the medium from there on; 0: unknown */
};

/* Opens the disc in target, which is open, and refuses what can't be continued: a volume of fixed
 * size, another file system than ours (FAIL_MISMATCH), a damaged tree. Reads only. 0, or -1 with f
 * filled; session_base_close in any case. */
int session_base_open(struct session_base *b, const struct target *t, struct read_request *r,
	const struct voice *voice, struct fail *f);

/* Finds the place of the next session, having closed one that was broken off in the drive, which
 * writes to the medium. 0, or -1 with f filled. */
int session_base_place(
	struct session_base *b, const struct target *t, const struct voice *voice, struct fail *f);

/* Lets go of the files once the new tree is made. */
void session_base_forget_files(struct session_base *b);

void session_base_close(struct session_base *b);

#endif
