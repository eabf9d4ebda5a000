/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often a drive tries in vain while a damaged disc is read: a DVD of 4 GB with 12 % of healing
 * data, of which only the states exist. */
#include "heal/rescue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "heal/block_states.h"
#include "lib/tap.h"
#include "util/sector.h"

enum { UNIT = 16, DVD_BLOCKS = 1950000, FEW_BLOCKS = 100000 };

static struct heal_layout l;
static uint64_t n_units;
static uint8_t *bad, *states, *healed; /* bad: a byte a block */
static uint64_t n_reads, n_kept, n_saved;
static bool has_doubled; /* a block was kept twice */

static uint64_t gone_at; /* the read that finds no drive; 0: none does */

static int read_disc(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	(void)ctx;
	n_reads++;
	if (n_reads == gone_at) {
		errno = ENODEV;
		return fail_errno(f, FAIL_FAILED, "", "can't be read");
	}
	memset(buf, (int)lba, (size_t)n * BLOCK_BYTES);
	return memchr(bad + lba, 1, n) ? fail_set(f, FAIL_FAILED, "", "bad") : 0;
}

static struct block_reader disc = { .read = read_disc };

static int keep(void *ctx, uint64_t block, uint32_t n, const uint8_t *bytes, struct fail *f)
{
	(void)ctx;
	(void)bytes;
	(void)f;
	for (uint32_t i = 0; i < n; i++)
		has_doubled = has_doubled || !block_state_is_bad(states[block + i]);
	n_kept += n;
	return 0;
}

static int save(void *ctx, struct fail *f)
{
	(void)ctx;
	(void)f;
	n_saved++;
	return 0;
}

static struct rescue r;

static void begin(void)
{
	rescue_clear(&r);
	r = (struct rescue){ .reader = &disc,
		.layout = &l,
		.states = states,
		.unit_blocks = UNIT,
		.sink = { keep, save, NULL } };
	disc.n_blocks = l.end;
	memset(bad, 0, l.end);
	memset(states, BLOCK_UNREAD, l.end);
	n_reads = n_kept = n_saved = 0;
	has_doubled = false;
}

static uint32_t next_random(void)
{
	static uint32_t seed = 7;

	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

static void lose_units(uint64_t first, uint64_t n)
{
	for (uint64_t i = first * UNIT; i < (first + n) * UNIT && i < l.end; i++)
		bad[i] = 1;
}

static bool run(void)
{
	struct fail f = { 0 };

	return rescue_run(&r, &f) == 0;
}

static bool is_healable(void)
{
	struct block_outlook o;

	block_states_outlook(&o, &l, states, healed);
	return o.n_lost == 0 && o.n_lost_tree == 0;
}

/* The numbers that a model in another language gave, for the same order. */
static void failures(const char *name, uint64_t most)
{
	bool has_run = run();

	tap_ok(has_run && is_healable() && !r.is_at_end, "%s: can be healed", name);
	tap_ok(r.n_failed <= most, "%s: at most %llu failed reads (%llu)", name,
		(unsigned long long)most, (unsigned long long)r.n_failed);
	tap_ok(n_reads <= n_units && !has_doubled, "%s: nothing is read twice", name);
}

static void test_order(void)
{
	begin();
	failures("nothing damaged", 0);
	tap_ok(n_kept == l.end && n_saved > 10, "all of it was kept, and saved now and then");
	begin();
	lose_units(n_units * 95 / 100, n_units);
	failures("the outer 5 %", 16);
	begin();
	lose_units(n_units * 93 / 100, n_units);
	failures("the outer 7 %", 19);
	begin();
	for (int i = 0; i < 3; i++)
		lose_units(n_units * (uint64_t[]){ 20, 50, 90 }[i] / 100, n_units / 50);
	failures("three runs of 2 %", 36);
	begin();
	for (int i = 0; i < 200; i++)
		lose_units(next_random() % n_units, 1);
	failures("200 units", 200);
}

static void test_zone(void)
{
	uint64_t n_bad = 0;

	begin();
	for (uint64_t i = 0; i < n_units / 10; i++)
		if (next_random() % 10 < 4) {
			lose_units(n_units * 6 / 10 + i, 1);
			n_bad++;
		}
	failures("40 % of a zone of 10 %", n_bad / 2);
}

static void test_too_much(void)
{
	uint64_t n_bad = n_units / 5;

	begin();
	lose_units(n_units / 3, n_bad);
	tap_ok(run() && r.is_at_end, "20 %%: all is tried");
	tap_ok(!memchr(states, BLOCK_UNREAD, l.end), "nothing is left unread");
	tap_ok(r.n_failed == n_bad && !has_doubled, "and each failure is one read");
	n_reads = 0;
	tap_ok(run() && r.is_at_end && n_reads == 0, "again: nothing is left to try");
}

static void test_counts_that_were_wrong(void)
{
	uint64_t before;

	begin();
	lose_units(n_units * 95 / 100, n_units / 100);
	lose_units(n_units * 97 / 100, n_units / 100);
	tap_ok(run() && !r.is_at_end && memchr(states, BLOCK_UNREAD, l.end), "enough was read");
	before = n_reads;
	tap_ok(run() && n_reads > before, "but it was not: more is read");
	while (!r.is_at_end && run())
		;
	tap_ok(!memchr(states, BLOCK_UNREAD, l.end) && !has_doubled, "and in the end all");
	begin();
	r.needs_all = true;
	lose_units(n_units / 2, 200);
	tap_ok(run() && r.is_at_end && !memchr(states, BLOCK_UNREAD, l.end) && r.n_failed == 200,
		"without digests all is read at once");
}

/* The other copy's damage is elsewhere. */
static void test_second_copy(void)
{
	uint64_t n_half = n_units / 2;

	begin();
	lose_units(0, n_half);
	tap_ok(run() && r.is_at_end && !is_healable(), "one copy lacks its first half");
	rescue_clear(&r);
	r.next = l.end;
	r.n_failed = n_kept = n_reads = 0;
	memset(bad, 0, l.end);
	lose_units(n_half, n_units);
	tap_ok(run() && is_healable() && !r.is_at_end, "with another one it can be healed");
	tap_ok(r.n_failed == 0 && n_reads <= n_half && !has_doubled, "of which no more is read");
	begin();
	lose_units(0, n_half);
	r.reader = &disc;
	disc.n_blocks = l.end - 1000;
	tap_ok(run() && r.n_failed == n_half, "behind the end of a short one nobody tries");
}

/* In a third of all units, one. */
static uint64_t lose_blocks(void)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i + UNIT < l.end; i += UNIT) {
		if (next_random() % 3)
			continue;
		bad[i + next_random() % UNIT] = 1;
		n++;
	}
	return n;
}

static void test_single_blocks(void)
{
	uint64_t n_bad;

	begin();
	n_bad = lose_blocks();
	tap_ok(run() && r.is_at_end && !is_healable() && r.n_failed == n_bad,
		"single blocks of many units");
	begin();
	n_bad = lose_blocks();
	r.splits = true;
	tap_ok(run() && is_healable() && !r.is_at_end, "one by one the others can be read");
	tap_ok(r.n_failed < 2 * n_bad && !has_doubled, "where that is needed");
}

static void test_gone(void)
{
	struct fail f = { 0 };

	begin();
	gone_at = 1000;
	tap_ok(rescue_run(&r, &f) && f.code == FAIL_DRIVE, "a drive that is gone ends it");
	tap_ok(n_reads == 1000 && !memchr(states, BLOCK_UNREADABLE, l.end),
		"and says nothing of the disc");
	gone_at = 0;
	tap_ok(r.next == 999 * UNIT && !memchr(states, BLOCK_UNREAD, r.next),
		"what was read is known");
}

static bool take_disc(uint64_t n_data)
{
	const struct heal_choice choice = { .n_data = n_data, .n_roots = 4, .n_rows = 20 };

	free(bad);
	free(states);
	free(healed);
	if (heal_layout_make(&l, &choice))
		return false;
	n_units = (l.end + UNIT - 1) / UNIT;
	bad = malloc(l.end);
	states = malloc(l.end);
	healed = malloc(l.end);
	return bad && states && healed;
}

int main(void)
{
	if (!take_disc(DVD_BLOCKS))
		return 1;
	test_order();
	/* where counts are taken often, on less */
	if (!take_disc(FEW_BLOCKS))
		return 1;
	test_zone();
	test_too_much();
	test_counts_that_were_wrong();
	test_second_copy();
	test_single_blocks();
	test_gone();
	rescue_clear(&r);
	free(bad);
	free(states);
	free(healed);
	return tap_done();
}
