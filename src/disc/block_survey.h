/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes sure that each block of a payload is read once: it counts what others read through it, and
 * reads the rest at the end. One thread at a time. */
#ifndef DISC_BLOCK_SURVEY_H
#define DISC_BLOCK_SURVEY_H

#include <stddef.h>
#include <stdint.h>

#include "disc/sessions.h"
#include "util/block_reader.h"
#include "util/fail.h"
#include "util/progress.h"

struct block_survey;

/* Around blocks, which is borrowed. NULL with f filled. */
struct block_survey *block_survey_new(struct block_reader *blocks, struct fail *f);

/* What others read through; borrowed. */
struct block_reader *block_survey_reader(struct block_survey *s);

/* How many blocks were read so far. */
uint64_t block_survey_n_read(const struct block_survey *s);

/* Leaves out what lies between the sessions, and behind the last one and the first n_wanted blocks:
 * nothing that was written, but a session that was broken off, or what a drive needs, of which a
 * CD's can't be read. Before anything is read. Returns how many blocks. */
uint64_t block_survey_leave_out(
	struct block_survey *s, const struct sessions *sessions, uint64_t n_wanted);

/* Reads the rest, continues after unreadable blocks, and calls bad for each run of them. *n_bad is
 * their number. 0, or -1 with f filled: a caught signal, no memory. */
int block_survey_finish(struct block_survey *s, const struct progress_watch *watch,
	void (*bad)(void *ctx, uint64_t lba, uint64_t n_blocks), void *ctx, uint64_t *n_bad,
	struct fail *f);

void block_survey_free(struct block_survey *s);

#endif
