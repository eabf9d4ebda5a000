/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/rescue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "heal/block_states.h"
#include "util/sector.h"
#include "util/signals.h"

enum {
	/* units that are good in a row before a failure skips but one again */
	CALM = 32,
	/* the longest skip: one of so many parts of the disc */
	SKIP_PARTS = 128,
	/* counts are taken after one of so many parts of what is left, and at least so many units
	 */
	PIECE_PARTS = 16,
	PIECE_LEAST = 64,
	/* reads until it is time to save, where those that fail count for more */
	SAVE_READS = 1024,
	FAILED_WEIGHT = 64,
};

/* What was tried of a unit in this run, r->units. */
enum { UNIT_WHOLE = 1, UNIT_SPLIT = 2 };

struct reading {
	struct rescue *r;
	uint64_t n_units;
	uint8_t *healed; /* states, as the codes would leave them */
	bool doubts;     /* that this is what they would do */
	uint8_t *buf;
	uint64_t n_reads;   /* since the counts were taken */
	uint64_t n_settled; /* blocks, for the watch */
	unsigned until_save;
	struct fail *f;
};

/* A run of units of which none was read. */
struct gap {
	uint64_t first, n;
};

static uint64_t unit_first(const struct reading *d, uint64_t unit)
{
	return unit * d->r->unit_blocks;
}

/* Blocks of a unit that the medium has. */
static uint32_t unit_length(const struct reading *d, uint64_t unit)
{
	uint64_t first = unit_first(d, unit), end = d->r->layout->end;

	if (d->r->reader->n_blocks < end)
		end = d->r->reader->n_blocks;
	if (end <= first)
		return 0;
	return end - first < d->r->unit_blocks ? (uint32_t)(end - first) : d->r->unit_blocks;
}

static uint32_t count_unread(const struct reading *d, uint64_t first, uint32_t n)
{
	uint32_t n_unread = 0;

	for (uint32_t i = 0; i < n; i++)
		n_unread += d->r->states[first + i] == BLOCK_UNREAD;
	return n_unread;
}

static bool is_unread(const struct reading *d, uint64_t unit)
{
	return count_unread(d, unit_first(d, unit), unit_length(d, unit)) > 0;
}

/* Hands on those of n blocks that were not there. */
static int keep(struct reading *d, uint64_t first, uint32_t n)
{
	uint8_t *states = d->r->states + first;

	for (uint32_t i = 0, run; i < n; i += run) {
		bool is_new = block_state_is_bad(states[i]);

		for (run = 1; i + run < n; run++)
			if (block_state_is_bad(states[i + run]) != is_new)
				break;
		if (!is_new)
			continue;
		if (d->r->sink.keep(
			    d->r->sink.ctx, first + i, run, d->buf + (size_t)i * BLOCK_BYTES, d->f))
			return -1;
		memset(states + i, BLOCK_UNCHECKED, run);
	}
	return 0;
}

/* What was read of blocks before stays. */
static void lose(struct reading *d, uint64_t first, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (d->r->states[first + i] == BLOCK_UNREAD)
			d->r->states[first + i] = BLOCK_UNREADABLE;
}

static int save_at_times(struct reading *d, bool is_good)
{
	unsigned n = is_good ? 1 : FAILED_WEIGHT;

	if (d->until_save > n) {
		d->until_save -= n;
		return 0;
	}
	d->until_save = SAVE_READS;
	return d->r->sink.save ? d->r->sink.save(d->r->sink.ctx, d->f) : 0;
}

/* Nothing more can be read at all, which says nothing of the disc. */
static bool is_gone(const struct fail *why)
{
	return why->sys_errno == ENODEV || why->sys_errno == ENXIO || why->sys_errno == ENOMEDIUM;
}

/* 1; 0: it can't be read; -1 with f filled. */
static int try_blocks(struct reading *d, uint64_t first, uint32_t n)
{
	struct fail why = { 0 };
	uint32_t n_unread = count_unread(d, first, n);
	bool is_good = block_reader_read(d->r->reader, first, n, d->buf, &why) == 0;

	if (signals_caught())
		return fail_set(d->f, FAIL_FAILED, "", "interrupted");
	if (!is_good && is_gone(&why))
		return fail_set(d->f, FAIL_DRIVE, "", "the drive or its medium was removed");
	if (is_good && keep(d, first, n))
		return -1;
	if (!is_good) {
		lose(d, first, n);
		d->r->n_failed++;
	}
	d->n_reads++;
	d->n_settled += n_unread;
	progress_tick(d->r->watch, "reading", d->n_settled * BLOCK_BYTES,
		d->r->layout->end * BLOCK_BYTES);
	if (save_at_times(d, is_good))
		return -1;
	return is_good;
}

static int try_unit(struct reading *d, uint64_t unit)
{
	d->r->units[unit] |= UNIT_WHOLE;
	return try_blocks(d, unit_first(d, unit), unit_length(d, unit));
}

/* In order, with gaps behind what can't be read. */
static int pass_over(struct reading *d)
{
	uint64_t skip = 1, n_good = 0, most = d->n_units / SKIP_PARTS, unit;

	for (unit = d->r->next / d->r->unit_blocks; unit < d->n_units;) {
		int result;

		d->r->next = unit_first(d, unit);
		if (!is_unread(d, unit)) {
			unit++;
			continue;
		}
		result = try_unit(d, unit++);
		if (result < 0)
			return -1;
		if (result) {
			if (++n_good == CALM)
				skip = 1;
			continue;
		}
		n_good = 0;
		unit += skip;
		if (2 * skip <= most)
			skip *= 2;
		else if (most > skip)
			skip = most;
	}
	d->r->next = d->r->layout->end;
	return 0;
}

/* Do codes bring back what is not there? */
static bool is_enough(struct reading *d)
{
	struct block_outlook o;

	d->n_reads = 0;
	block_states_outlook(&o, d->r->layout, d->r->states, d->healed);
	return !d->r->needs_all && o.n_lost == 0 && o.n_lost_tree == 0;
}

static int compare_gaps(const void *a, const void *b)
{
	const struct gap *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return x->first < y->first ? -1 : 1;
}

/* All gaps, the largest first, as a heap array. 0, or -1 with f filled. */
static int find_gaps(const struct reading *d, struct gap **gaps, size_t *n, uint64_t *n_unread)
{
	size_t room = 0;

	*gaps = NULL;
	*n = 0;
	*n_unread = 0;
	for (uint64_t unit = 0, first; unit < d->n_units; unit++) {
		struct gap *more;

		for (first = unit; unit < d->n_units && is_unread(d, unit); unit++)
			;
		if (unit == first)
			continue;
		if (*n == room) {
			room = 2 * room + 64;
			more = realloc(*gaps, room * sizeof **gaps);
			if (!more) {
				free(*gaps);
				return fail_memory(d->f);
			}
			*gaps = more;
		}
		(*gaps)[(*n)++] = (struct gap){ first, unit - first };
		*n_unread += unit - first;
	}
	if (*n)
		qsort(*gaps, *n, sizeof **gaps, compare_gaps);
	return 0;
}

/* From both ends to the first failure, and the unit in the middle of what is left. */
static int read_gap(struct reading *d, struct gap gap)
{
	uint64_t first = gap.first, end = gap.first + gap.n;
	int result = 1;

	while (first < end && result > 0)
		result = try_unit(d, first++);
	if (result == 0)
		for (result = 1; first < end && result > 0;)
			result = try_unit(d, --end);
	if (result == 0 && end - first > 2)
		result = try_unit(d, first + (end - first) / 2);
	return result < 0 ? -1 : 0;
}

/* One piece of what was skipped. 1: there was some; 0; -1 with f filled. */
static int read_gaps(struct reading *d)
{
	uint64_t n_unread, most;
	struct gap *gaps;
	size_t n;
	int result = 0;

	if (find_gaps(d, &gaps, &n, &n_unread))
		return -1;
	most = n_unread / PIECE_PARTS > PIECE_LEAST ? n_unread / PIECE_PARTS : PIECE_LEAST;
	for (size_t i = 0; i < n && result == 0 && d->n_reads <= most; i++)
		result = read_gap(d, gaps[i]);
	free(gaps);
	return result ? -1 : n > 0;
}

/* True for a unit that has a block which the codes don't bring back, or may not. */
static bool is_wanted(const struct reading *d, uint64_t unit)
{
	const uint8_t *states = d->doubts || d->r->needs_all ? d->r->states : d->healed;
	uint32_t n = unit_length(d, unit);

	for (uint32_t i = 0; i < n; i++)
		if (block_state_is_bad(states[unit_first(d, unit) + i]))
			return true;
	return false;
}

/* The blocks of a unit, one by one. */
static int split(struct reading *d, uint64_t unit)
{
	uint64_t first = unit_first(d, unit);
	uint32_t n = unit_length(d, unit);
	int result = 0;

	d->r->units[unit] |= UNIT_SPLIT;
	for (uint32_t i = 0; i < n && result >= 0; i++)
		if (block_state_is_bad(d->r->states[first + i]))
			result = try_blocks(d, first + i, 1);
	return result < 0 ? -1 : 0;
}

/* One piece of the units that are wanted, and were not tried like this in this run. 1: there were
 * some; 0; -1 with f filled. */
static int try_again(struct reading *d, uint8_t how)
{
	uint64_t n_left = 0, most, n = 0;

	for (uint64_t unit = 0; unit < d->n_units; unit++)
		n_left += !(d->r->units[unit] & how) && is_wanted(d, unit);
	most = n_left / PIECE_PARTS > PIECE_LEAST ? n_left / PIECE_PARTS : PIECE_LEAST;
	for (uint64_t unit = 0; unit < d->n_units && n < most; unit++) {
		int result;

		if (d->r->units[unit] & how || !is_wanted(d, unit))
			continue;
		n++;
		result = how == UNIT_WHOLE ? try_unit(d, unit) : split(d, unit);
		if (result < 0)
			return -1;
	}
	return n > 0;
}

/* One piece more, of whatever is worth most. 1; 0: there is nothing; -1 with f filled. */
static int read_more(struct reading *d)
{
	int result = read_gaps(d);

	if (result == 0)
		result = try_again(d, UNIT_WHOLE);
	if (result == 0 && d->r->splits && d->r->unit_blocks > 1)
		result = try_again(d, UNIT_SPLIT);
	return result;
}

/* What lies behind the medium's end can't be read: nobody has to try. */
static void lose_behind_end(struct rescue *r)
{
	for (uint64_t i = r->reader->n_blocks; i < r->layout->end; i++)
		if (r->states[i] == BLOCK_UNREAD)
			r->states[i] = BLOCK_UNREADABLE;
}

static int run(struct reading *d, bool is_first)
{
	if (is_first && pass_over(d))
		return -1;
	/* counts that were right would not have led here again */
	d->doubts = !is_first && is_enough(d);
	while (d->doubts || !is_enough(d)) {
		int result = read_more(d);

		if (result < 0)
			return -1;
		if (result == 0) {
			d->r->is_at_end = true;
			return 0;
		}
		d->doubts = false;
	}
	return 0;
}

int rescue_run(struct rescue *r, struct fail *f)
{
	struct reading d = { .r = r,
		.n_units = (r->layout->end + r->unit_blocks - 1) / r->unit_blocks,
		.healed = malloc(r->layout->end),
		.buf = malloc((size_t)r->unit_blocks * BLOCK_BYTES),
		.until_save = SAVE_READS,
		.f = f };
	bool is_first = !r->units;
	int result = -1;

	r->is_at_end = false;
	if (is_first)
		r->units = calloc(d.n_units, 1);
	if (d.healed && d.buf && r->units) {
		lose_behind_end(r);
		for (uint64_t i = 0; i < r->layout->end; i++)
			d.n_settled += r->states[i] != BLOCK_UNREAD;
		result = run(&d, is_first);
	} else {
		fail_memory(f);
	}
	free(d.healed);
	free(d.buf);
	return result;
}

void rescue_clear(struct rescue *r)
{
	free(r->units);
	r->units = NULL;
}
