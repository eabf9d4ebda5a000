/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which sessions a disc has: discs of a few blocks a session, with records made by hand. */
#include "disc/sessions.h"

#include <stdlib.h>
#include <string.h>

#include "iso/session_record.h"
#include "lib/tap.h"
#include "util/number.h"

/* A session of so many blocks: its descriptor is in the 17th, its end record in the last. */
enum { N_SESSION = 20, STEP = 64, N_DISC = STEP * 400, SAVED = SESSION_SAVED_BLOCKS };

static uint8_t (*disc)[BLOCK_BYTES];
static struct session_record last; /* that was put on the disc */
static struct sessions found;

static uint32_t start_of(unsigned number)
{
	return (number - 1) * STEP;
}

/* What block 16 of a session is: all differ. */
static void put_descriptor(uint64_t lba, uint32_t end)
{
	memset(disc[lba], 0, BLOCK_BYTES);
	memcpy(disc[lba], "\1CD001", 6);
	number_put_le32(disc[lba] + 80, end);
}

static void make_disc(void)
{
	memset(disc, 0, (size_t)N_DISC * BLOCK_BYTES);
	put_descriptor(16, N_SESSION);
	last = (struct session_record){ .number = 1, .here = { 0, N_SESSION, 0 } };
}

/* The next session, whose records are whole. */
static void add_session(bool is_in_place)
{
	struct session_record r = last;
	uint32_t start = start_of(last.number + 1), end = start + N_SESSION;

	r.number++;
	memset(r.id, (int)r.number, sizeof r.id);
	r.n_earlier = r.number - 1 < SESSION_RECORD_EARLIER_MAX ? r.number - 1
								: SESSION_RECORD_EARLIER_MAX;
	memmove(r.earlier + 1, r.earlier, (r.n_earlier - 1) * sizeof *r.earlier);
	r.earlier[0] = last.here;
	r.here = (struct session_place){ start, end, 1 };
	r.is_in_place = is_in_place;
	if (is_in_place && !r.saved) {
		r.saved = start - SAVED;
		memcpy(disc[r.saved + 16], disc[16], BLOCK_BYTES);
		if (r.n_earlier == r.number - 1)
			r.earlier[r.n_earlier - 1].start = r.saved;
	}
	session_record_encode(&r, SESSION_RECORD_START, disc[start + 15]);
	put_descriptor(start + 16, end);
	session_record_encode(&r, SESSION_RECORD_END, disc[end - 1]);
	last = r;
}

/* The first descriptors lead to the last session. */
static void commit(void)
{
	memcpy(disc[15], disc[last.here.start + 15], BLOCK_BYTES);
	memcpy(disc[16], disc[last.here.start + 16], BLOCK_BYTES);
}

static void add_sessions(unsigned n, bool is_in_place)
{
	while (last.number < n) {
		add_session(is_in_place);
		if (is_in_place)
			commit();
	}
}

static bool finds_on(uint64_t n_blocks, const uint64_t *tracks, size_t n_tracks)
{
	struct block_reader blocks = block_reader_in_memory(disc[0], n_blocks);
	struct session_search how = {
		.blocks = &blocks, .track_lbas = tracks, .n_tracks = n_tracks, .may_scan = true
	};
	struct fail f = { 0 };

	sessions_free(&found);
	return sessions_find(&found, &how, &f) == 0;
}

/* As an image has them: no track is told. */
static unsigned find_newest(void)
{
	return finds_on(N_DISC, NULL, 0) ? found.list[found.n - 1].number : 0;
}

/* All from 1 to n are listed, each where it is, the first with its saved descriptors. */
static bool lists_all(unsigned n, uint32_t saved)
{
	for (unsigned i = 1; i <= n; i++) {
		const struct session *s = sessions_get(&found, i);

		if (!s || s->start != (i == 1 ? saved : start_of(i)) ||
			s->end != start_of(i) + N_SESSION)
			return false;
	}
	return found.n == n;
}

/* A disc that is written once and copied to an image, which grows. */
static void test_copied(unsigned n_once, unsigned n_all)
{
	make_disc();
	add_sessions(n_once, false);
	tap_ok(find_newest() == n_once && lists_all(n_once, 0) && !found.starts_newest,
		"%u sessions, written once", n_once);
	add_sessions(n_all, true);
	tap_ok(find_newest() == n_all && lists_all(n_all, start_of(n_once + 1) - SAVED) &&
			found.starts_newest,
		"%u sessions, %u of them written once: each has its own place", n_all, n_once);
}

/* True where it says that exactly the blocks of sessions, and of what was saved, are no gap. */
static bool has_gaps_right(unsigned n, uint32_t saved)
{
	for (uint64_t lba = 0; lba < start_of(n) + N_SESSION; lba++) {
		bool is_gap,
			wanted = lba % STEP >= N_SESSION && (lba < saved || lba >= saved + SAVED);

		if (sessions_run(&found, lba, &is_gap) == 0 || is_gap != wanted)
			return false;
	}
	return true;
}

static void test_gaps(void)
{
	make_disc();
	add_sessions(3, false);
	find_newest();
	tap_ok(has_gaps_right(3, N_DISC), "gaps of a disc that is written once");
	add_sessions(5, true);
	find_newest();
	tap_ok(has_gaps_right(5, start_of(4) - SAVED), "gaps of its copy that grew");
}

static void test_not_added(void)
{
	make_disc();
	add_session(true);
	tap_ok(find_newest() == 1 && lists_all(1, 0),
		"one that block 16 does not lead to was not added");
	commit();
	add_session(true);
	tap_ok(find_newest() == 2, "nor was a later one");
}

/* Power fails while blocks 15 and 16 are written. */
static void test_torn(void)
{
	make_disc();
	add_sessions(2, true);
	add_session(true);
	memcpy(disc[15], disc[last.here.start + 15], BLOCK_BYTES);
	tap_ok(find_newest() == 2 && lists_all(2, start_of(2) - SAVED), "only block 15 is written");
	memcpy(disc[16], disc[last.here.start + 16], BLOCK_BYTES);
	memcpy(disc[15], disc[start_of(2) + 15], BLOCK_BYTES);
	tap_ok(find_newest() == 3 && lists_all(3, start_of(2) - SAVED), "only block 16 is written");
}

static void test_cut(void)
{
	make_disc();
	add_sessions(3, true);
	finds_on(start_of(3) + 18, NULL, 0);
	tap_ok(lists_all(3, start_of(2) - SAVED),
		"an image that is cut still has the earlier ones");
}

/* An image that grew is burned, and continued as a disc that is written once. */
static void test_burned(void)
{
	uint64_t tracks[] = { 0, start_of(4) };

	make_disc();
	add_sessions(3, true);
	add_sessions(4, false);
	finds_on(N_DISC, tracks, 2);
	tap_ok(lists_all(4, start_of(2) - SAVED) && !found.starts_newest,
		"behind sessions in place, "
		"one in the next track");
	tap_ok(find_newest() == 4 && lists_all(4, start_of(2) - SAVED), "and in its image");
}

/* One block of what a disc begins with, or of its newest session, is damaged. */
static void test_damaged(void)
{
	static const struct {
		int block; /* below 0: of the newest session */
		unsigned newest;
		const char *what;
	} cases[] = {
		{ 15, 3, "block 15" },
		{ 16, 3, "block 16" },
		{ -1 - 15, 3, "the newest session's first record" },
		{ -1 - 16, 2, "the newest session's descriptor" },
		{ -1 - (N_SESSION - 1), 3, "the newest session's last block" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t lba;

		make_disc();
		add_sessions(3, true);
		lba = cases[i].block < 0 ? start_of(3) + (uint64_t)(-1 - cases[i].block)
					 : (uint64_t)cases[i].block;
		disc[lba][3] ^= 1;
		tap_ok(find_newest() == cases[i].newest &&
				lists_all(cases[i].newest, start_of(2) - SAVED),
			"%s is damaged: session %u is the newest", cases[i].what, cases[i].newest);
	}
	make_disc();
	add_sessions(3, true);
	memset(disc[15], 0xff, 2 * BLOCK_BYTES);
	finds_on(start_of(3) + N_SESSION, NULL, 0);
	tap_ok(lists_all(3, start_of(2) - SAVED), "blocks 15 and 16 are noise: the end leads on");
	make_disc();
	add_sessions(3, false);
	disc[start_of(3) + 15][90] ^= 1;
	tap_ok(finds_on(N_DISC, (uint64_t[]){ 0, start_of(2), start_of(3) }, 3) && lists_all(3, 0),
		"a first record of a disc that is written once is damaged");
}

/* A medium that held sessions before gets another disc. */
static void test_old_data(void)
{
	make_disc();
	add_sessions(3, true);
	put_descriptor(16, N_SESSION + 1);
	memset(disc[15], 0, BLOCK_BYTES);
	tap_ok(find_newest() == 1, "sessions of an older disc in place do not come back");
	make_disc();
	add_sessions(3, false);
	put_descriptor(16, N_SESSION + 1);
	tap_ok(find_newest() == 1, "nor do those that were written once");
}

/* xorriso copies what stands before a session, with our record in it. */
static void test_foreign_behind(void)
{
	uint64_t tracks[] = { 0, start_of(2), start_of(3) };

	make_disc();
	add_sessions(2, false);
	memcpy(disc[start_of(3) + 15], disc[start_of(2) + 15], BLOCK_BYTES);
	put_descriptor(start_of(3) + 16, start_of(3) + N_SESSION);
	tap_ok(finds_on(N_DISC, tracks, 3) && found.n == 3 && found.list[2].start == start_of(3) &&
			!found.list[2].has_record,
		"another program's session that has a copy of our record");
	tap_ok(found.list[1].start == start_of(2), "ours before it is listed");
}

static void test_lost(void)
{
	make_disc();
	add_sessions(3, false);
	commit(); /* as decrypt -session writes it */
	tap_ok(find_newest() == 3 && !sessions_get(&found, 1) && sessions_get(&found, 2),
		"the first one's descriptors were overwritten");
	make_disc();
	add_sessions(250, false);
	memset(disc[start_of(130) + 15], 0, BLOCK_BYTES);
	tap_ok(find_newest() == 250 && lists_all(250, 0), "one record of a session is enough");
	memset(disc[start_of(130) + N_SESSION - 1], 0, BLOCK_BYTES);
	tap_ok(find_newest() == 250 && lists_all(250, 0), "without both, a newer one leads on");
}

int main(void)
{
	disc = malloc((size_t)N_DISC * BLOCK_BYTES);
	if (!disc)
		return 1;
	test_copied(1, 200);
	test_copied(3, 123);
	test_copied(3, 124);
	test_copied(130, 131);
	test_copied(130, 260);
	test_copied(100, 300);
	test_gaps();
	test_not_added();
	test_torn();
	test_cut();
	test_burned();
	test_damaged();
	test_old_data();
	test_foreign_behind();
	test_lost();
	sessions_free(&found);
	free(disc);
	return tap_done();
}
