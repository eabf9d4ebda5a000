/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands for healing data (heal/) share: what they are asked, and what comes of it. None
 * of them needs a key, but for a MAC. */
#ifndef JOB_HEALING_H
#define JOB_HEALING_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "crypto/salted_digest.h"
#include "disc/healed_medium.h"
#include "heal/block_states.h"
#include "heal/block_tree.h"
#include "heal/heal_finder.h"
#include "heal/healer.h"
#include "job/request.h"
#include "util/block_reader.h"
#include "util/fail.h"

struct heal_request {
	const char *source; /* an image; to check or repair, also a device */
	const char *output; /* a new file; NULL: the image itself grows */
	bool replace;       /* an existing output */
	const char *state;  /* repairing: a file for what is known, so that it can go on; NULL */
	const char *map;    /* a file that the caller writes later, or NULL: the sandbox lets it */
	struct heal_wish wish;
	struct heal_search search;
	struct heal_trust trust;     /* to check or repair */
	struct read_request *volume; /* opens the source, for a MAC or for the names of lost files;
					NULL: neither */
};

/* What came of it. */
struct healing {
	struct heal_record record;
	uint8_t *states; /* heap, a byte a block up to the record's end: how they were found */
	uint8_t *healed; /* the same: what they would be after healing, or are */
	/* blocks that digests are of; unread: repairing, what was not needed */
	uint64_t n_right, n_unreadable, n_differ, n_unknown, n_unread;
	struct block_outlook outlook;  /* checking: what can be healed */
	struct healer_outcome outcome; /* repairing */
};

/* Frees what h holds. */
void healing_clear(struct healing *h);

/* How many blocks of a volume of n_data, which begins with first, are a header to copy. */
unsigned healing_header_blocks(const uint8_t first[BLOCK_BYTES], uint64_t n_data);

/* Gives a record the id and the salt of a new disc. 0, or -1 with f filled. */
int healing_identify(struct heal_record *r, struct fail *f);

/* The digests of one record. */
struct healing_tools {
	struct salted_digest *digest;
	struct block_tree_hash hash;
};

/* healing_tools_close in any case. 0, or -1 with f filled. */
int healing_tools_open(struct healing_tools *t, const struct heal_record *r, struct fail *f);

/* 0, or -1 with f filled: a digest could not be computed. */
int healing_tools_close(struct healing_tools *t, struct fail *f);

/* Counts states, for h. */
void healing_count(struct healing *h);

/* Names the folder of a file that is written in the sandbox, which is NULL where path is. 0, or -1
 * with f filled. */
int healing_folder(const char *path, char folder[PATH_MAX], const char **name, struct fail *f);

/* Fails where none were found (FAIL_MISMATCH); at: the block that was looked at first, or
 * UINT64_MAX. -1. */
int healing_fail_none(struct block_reader *reader, uint64_t at, const char *path, struct fail *f);

/* What was written over a part of a medium looks like damage to the healing data of what was there
 * before, which h has: *is_old then. 0, or -1 with f filled. */
int healing_check_age(
	struct healed_medium *h, struct block_reader *medium, bool *is_old, struct fail *f);

/* Finds the healing data of what is read, and makes room for what is found out. 0, or -1 with f
 * filled; FAIL_MISMATCH: there are none, or, unless the request says where they are, none of what
 * the medium holds now. */
int healing_find(const struct heal_request *r, struct block_reader *reader, struct healing *h,
	struct fail *f);

#endif
