/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/block_survey.h"

#include <stdbool.h>
#include <stdlib.h>

#include "util/sector.h"
#include "util/signals.h"

enum { RUN_BLOCKS = 512 };

struct block_survey {
	struct block_reader reader;
	struct block_reader *blocks;
	uint8_t *is_read; /* a bit for each block */
	uint64_t n_read;
};

static bool is_read(const struct block_survey *s, uint64_t lba)
{
	return s->is_read[lba / 8] & 1u << lba % 8;
}

static void set_read(struct block_survey *s, uint64_t lba, uint64_t n)
{
	for (uint64_t end = lba + n; lba < end; lba++) {
		s->n_read += !is_read(s, lba);
		s->is_read[lba / 8] = (uint8_t)(s->is_read[lba / 8] | 1u << lba % 8);
	}
}

static int read_through(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	struct block_survey *s = ctx;

	if (block_reader_read(s->blocks, lba, n, buf, f))
		return -1;
	set_read(s, lba, n);
	return 0;
}

static void free_nothing(void *ctx)
{
	(void)ctx;
}

struct block_survey *block_survey_new(struct block_reader *blocks, struct fail *f)
{
	struct block_survey *s = calloc(1, sizeof *s);

	if (s)
		s->is_read = calloc(blocks->n_blocks / 8 + 1, 1);
	if (!s || !s->is_read) {
		fail_memory(f);
		free(s);
		return NULL;
	}
	s->blocks = blocks;
	s->reader = (struct block_reader){ .read = read_through,
		.free = free_nothing,
		.ctx = s,
		.n_blocks = blocks->n_blocks,
		.session_lba = blocks->session_lba };
	return s;
}

struct block_reader *block_survey_reader(struct block_survey *s)
{
	return &s->reader;
}

uint64_t block_survey_n_read(const struct block_survey *s)
{
	return s->n_read;
}

/* Runs of blocks that can't be read. */
struct bad_run {
	void (*bad)(void *ctx, uint64_t lba, uint64_t n_blocks);
	void *ctx;
	uint64_t lba, n_blocks, n_all;
};

static void end_run(struct bad_run *run)
{
	if (run->n_blocks && run->bad)
		run->bad(run->ctx, run->lba, run->n_blocks);
	run->n_blocks = 0;
}

static void add_bad(struct bad_run *run, uint64_t lba)
{
	if (run->n_blocks && run->lba + run->n_blocks != lba)
		end_run(run);
	if (!run->n_blocks)
		run->lba = lba;
	run->n_blocks++;
	run->n_all++;
}

/* Reads n blocks one by one. */
static void read_singly(
	struct block_survey *s, struct bad_run *run, uint64_t lba, uint32_t n, uint8_t *buf)
{
	for (uint32_t i = 0; i < n && !signals_caught(); i++) {
		if (read_through(s, lba + i, 1, buf, NULL))
			add_bad(run, lba + i);
	}
}

uint64_t block_survey_leave_out(
	struct block_survey *s, const struct sessions *sessions, uint64_t n_wanted)
{
	uint64_t end = sessions_end(sessions), n_all = s->blocks->n_blocks, n_out;

	for (uint64_t lba = 0, n; lba < end; lba += n) {
		bool is_gap;

		n = sessions_run(sessions, lba, &is_gap);
		if (is_gap)
			set_read(s, lba, n);
	}
	if (end && end < n_wanted)
		end = n_wanted;
	if (end && end < n_all)
		set_read(s, end, n_all - end);
	n_out = s->n_read;
	s->n_read = 0;
	return n_out;
}

int block_survey_finish(struct block_survey *s, const struct progress_watch *watch,
	void (*bad)(void *ctx, uint64_t lba, uint64_t n_blocks), void *ctx, uint64_t *n_bad,
	struct fail *f)
{
	uint8_t *buf = malloc((size_t)RUN_BLOCKS * BLOCK_BYTES);
	struct bad_run run = { .bad = bad, .ctx = ctx };
	uint64_t n_blocks = s->blocks->n_blocks;
	int result = -1;

	if (!buf) {
		fail_memory(f);
		return -1;
	}
	for (uint64_t lba = 0, n; lba < n_blocks; lba += n) {
		for (n = 0; n < RUN_BLOCKS && lba + n < n_blocks && !is_read(s, lba + n);)
			n++;
		if (n && read_through(s, lba, (uint32_t)n, buf, NULL))
			read_singly(s, &run, lba, (uint32_t)n, buf);
		n = n ? n : 1;
		if (signals_caught()) {
			fail_set(f, FAIL_FAILED, "", "interrupted");
			goto out;
		}
		progress_tick(watch, "reading", s->n_read * BLOCK_BYTES, n_blocks * BLOCK_BYTES);
	}
	end_run(&run);
	*n_bad = run.n_all;
	result = 0;
out:
	free(buf);
	return result;
}

void block_survey_free(struct block_survey *s)
{
	if (!s)
		return;
	free(s->is_read);
	free(s);
}
