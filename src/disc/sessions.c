/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/sessions.h"

#include <stdlib.h>
#include <string.h>

#include "disc/session_probe.h"
#include "iso/descriptors.h"
#include "util/signals.h"

enum {
	SCAN_BLOCKS = 32768,  /* more than any medium leaves between two sessions */
	SCAN_FIRST = 32,      /* where the first descriptors are damaged */
	SCAN_CHUNK = 64,      /* blocks read at once */
	SCAN_UNREAD_MAX = 4,  /* in a row: each may take a drive seconds */
	SESSIONS_MAX = 65536, /* whose places are kept */
};

struct finder {
	const struct session_search *how;
	struct sessions *found;
	struct session_record best; /* of the newest whole session so far */
	bool has_best;
	bool is_headless; /* blocks 15 and 16 are damaged: what they led to is not known */
	uint64_t foreign; /* the start of the newest session that another program made; 0: none */
};

static void tell_passed_over(const struct finder *f, uint64_t start, enum session_wholeness w)
{
	unsigned long long lba = start + f->how->lead;

	if (w == SESSION_BROKEN_OFF)
		message_note(
			f->how->m, "a session that was broken off at LBA %llu is passed over", lba);
	else
		message_warn(f->how->m,
			"the session at LBA %llu is damaged: its descriptors can't be read; the "
			"one before it is taken",
			lba);
}

/* Descriptors without a record are another program's session. */
static bool is_foreign(const struct finder *f, uint64_t start)
{
	struct session_record r;

	return !session_probe_read(f->how->blocks, start, &r) &&
	       session_probe_has_descriptors(f->how->blocks, start);
}

/* Takes the session that may begin there as the best one. */
static bool try_start(struct finder *f, uint64_t start)
{
	struct session_record r;
	enum session_wholeness w;

	if (!session_probe_read(f->how->blocks, start, &r)) {
		if (session_probe_has_descriptors(f->how->blocks, start))
			f->foreign = start;
		return f->foreign == start;
	}
	w = session_probe_wholeness(f->how->blocks, &r);
	/* one that was written in place, but did not come as far as block 16, was not added */
	if (r.is_in_place && !f->is_headless)
		w = SESSION_BROKEN_OFF;
	if (w != SESSION_WHOLE) {
		tell_passed_over(f, start, w);
		return false;
	}
	f->best = r;
	f->has_best = true;
	f->found->starts_newest = r.is_in_place;
	return true;
}

static void take(struct finder *f, const struct session_record *r)
{
	f->best = *r;
	f->has_best = f->found->starts_newest = true;
}

/* True where block 16 shows a session that r, the record in block 15, knows of; it is taken. Power
 * may have failed between both blocks: then it is one before r's, or the first one. */
static bool take_shown(struct finder *f, const struct session_record *r)
{
	struct session_record earlier;

	if (session_probe_is_shown(f->how->blocks, r->here.start)) {
		take(f, r);
		return true;
	}
	for (uint32_t i = 0; i < r->n_earlier; i++) {
		uint32_t number = r->number - 1 - i, start = r->earlier[i].start;

		if (number == 1 && r->saved && session_probe_is_shown(f->how->blocks, r->saved))
			return true;
		if (number == 1 || !session_probe_is_shown(f->how->blocks, start) ||
			!session_probe_read(f->how->blocks, start, &earlier))
			continue;
		take(f, &earlier);
		return true;
	}
	return false;
}

/* Block 16 shows what r, the record in block 15, does not know: it is damaged, or the session that
 * it shows is. The newest one that is whole is taken; none, where it is another program's, which
 * reaches further. */
static void take_whole(struct finder *f, const struct session_record *r)
{
	struct session_primary shown;
	struct session_record earlier;

	if (session_probe_primary(f->how->blocks, 0, &shown) && shown.end > r->here.end)
		return;
	if (session_probe_wholeness(f->how->blocks, r) == SESSION_WHOLE) {
		message_warn(f->how->m, "the disc's first descriptors are damaged; those of the "
					"newest session are taken");
		take(f, r);
		return;
	}
	for (uint32_t i = 0; i < r->n_earlier && r->number - 1 - i > 1; i++) {
		uint32_t start = r->earlier[i].start;

		if (!session_probe_read(f->how->blocks, start, &earlier) ||
			session_probe_wholeness(f->how->blocks, &earlier) != SESSION_WHOLE)
			continue;
		tell_passed_over(f, i ? r->earlier[i - 1].start : r->here.start, SESSION_DAMAGED);
		take(f, &earlier);
		return;
	}
}

/* The medium is overwritten in place: block 16 is that of the newest session, which was whole when
 * it came there. */
static void try_in_place(struct finder *f)
{
	struct session_primary first;
	struct session_record r, end;
	bool has_first = session_probe_primary(f->how->blocks, 0, &first) && first.end > 0;

	if (session_probe_record(f->how->blocks, SESSION_RECORD_BLOCK, SESSION_RECORD_START, &r)) {
		if (take_shown(f, &r))
			return;
		/* block 15 may have the session before the one that block 16 shows */
		if (!has_first ||
			!session_probe_record(
				f->how->blocks, first.end - 1, SESSION_RECORD_END, &end) ||
			!session_probe_is_shown(f->how->blocks, end.here.start))
			take_whole(f, &r);
		else
			take(f, &end);
		return;
	}
	/* of a disc that has not grown there are zeros; else it may be a record that is damaged */
	if (has_first && session_probe_is_empty(f->how->blocks, SESSION_RECORD_BLOCK))
		return;
	if ((has_first &&
		    session_probe_record(f->how->blocks, first.end - 1, SESSION_RECORD_END, &end) &&
		    session_probe_is_shown(f->how->blocks, end.here.start)) ||
		(session_probe_record(
			 f->how->blocks, f->how->blocks->n_blocks - 1, SESSION_RECORD_END, &end) &&
			session_probe_wholeness(f->how->blocks, &end) == SESSION_WHOLE))
		take(f, &end);
	else
		f->is_headless = !has_first;
}

/* The newest of the drive's tracks that is a whole session, behind the one that is known; false
 * where a later one is not. */
static bool try_tracks(struct finder *f)
{
	const struct session_search *how = f->how;
	uint64_t known = how->lead + (f->has_best ? f->best.here.end - 1 : 0);

	for (size_t i = how->n_tracks; i-- > 0;)
		if (how->track_lbas[i] > known && try_start(f, how->track_lbas[i] - how->lead))
			return i == how->n_tracks - 1;
	return how->n_tracks == 1;
}

/* What lies behind a session may be counted in (doc/FORMAT.md). */
static bool is_place_of(const struct session_place *place, uint64_t end, int64_t made)
{
	return place->end >= end && place->made == made;
}

/* True where its list has the newest session so far, or the first. Where a disc was burned over an
 * older one, that one's sessions may still lie behind it. */
static bool is_of_this_disc(
	const struct finder *f, const struct session_record *r, const struct session_primary *first)
{
	for (uint32_t i = 0; i < r->n_earlier; i++) {
		const struct session_place *place = &r->earlier[i];

		if (f->has_best ? place->start == f->best.here.start &&
					  is_place_of(place, f->best.here.end, f->best.here.made)
				: i == r->number - 2 && is_place_of(place, first->end, first->made))
			return true;
	}
	return false;
}

/* True where try_tracks has tried it, and told what it is. */
static bool is_track(const struct finder *f, uint64_t start)
{
	for (size_t i = 0; i < f->how->n_tracks; i++)
		if (f->how->track_lbas[i] == f->how->lead + start)
			return true;
	return false;
}

/* Takes the session whose record is in one of the n blocks from lba on; 0: none, else its end. */
static uint64_t scan_chunk(struct finder *f, const struct session_primary *first, uint64_t lba,
	uint32_t n, const uint8_t *blocks)
{
	struct session_record r;

	for (uint32_t i = 0; i < n; i++) {
		if (session_record_decode(
			    &r, SESSION_RECORD_START, blocks + (size_t)i * BLOCK_BYTES) &&
			r.here.start + (uint64_t)SESSION_RECORD_BLOCK == lba + i &&
			!is_track(f, r.here.start) &&
			(f->is_headless || is_of_this_disc(f, &r, first)) &&
			try_start(f, r.here.start))
			return r.here.end;
	}
	return 0;
}

/* Reads as many blocks from lba on as can be read, n at most, and returns how many. */
static uint32_t read_some(const struct finder *f, uint64_t lba, uint32_t n, uint8_t *blocks)
{
	uint32_t n_read = 0;

	if (block_reader_read(f->how->blocks, lba, n, blocks, NULL) == 0)
		return n;
	while (n_read < n && session_probe_block(f->how->blocks, lba + n_read,
				     blocks + (size_t)n_read * BLOCK_BYTES))
		n_read++;
	return n_read;
}

/* Looks behind the sessions that are known for others. 0, or -1 with why filled. */
static int scan(struct finder *f, struct fail *why)
{
	struct session_primary first = { .end = SCAN_FIRST };
	uint8_t blocks[SCAN_CHUNK * BLOCK_BYTES];
	unsigned n_unread = 0;
	uint64_t lba, limit;

	if (!f->has_best && !session_probe_primary(f->how->blocks, 0, &first) && !f->is_headless)
		return 0;
	lba = f->has_best ? f->best.here.end : first.end;
	for (limit = lba + SCAN_BLOCKS; lba < limit && lba < f->how->blocks->n_blocks;) {
		uint64_t left = f->how->blocks->n_blocks - lba, end;
		uint32_t n = left < SCAN_CHUNK ? (uint32_t)left : SCAN_CHUNK;

		if (signals_caught())
			return fail_set(why, FAIL_FAILED, "", "interrupted");
		n = read_some(f, lba, n, blocks);
		n_unread = n ? 0 : n_unread + 1;
		if (n_unread == SCAN_UNREAD_MAX)
			break;
		end = scan_chunk(f, &first, lba, n, blocks);
		if (end)
			limit = end + SCAN_BLOCKS;
		lba = end ? end : lba + (n ? n : 1);
	}
	return 0;
}

static int add(struct finder *f, const struct session *s, struct fail *why)
{
	struct sessions *all = f->found;
	struct session *list;

	if (all->n == SESSIONS_MAX)
		return 0;
	list = realloc(all->list, (all->n + 1) * sizeof *list);
	if (!list)
		return fail_memory(why);
	all->list = list;
	list[all->n++] = *s;
	return 0;
}

/* Those that are not known yet, the newest first. */
static int add_earlier(struct finder *f, const struct session_record *r, struct fail *why)
{
	unsigned oldest = f->found->list[f->found->n - 1].number;

	for (uint32_t i = 0; i < r->n_earlier; i++) {
		const struct session_place *p = &r->earlier[i];
		struct session s = { .number = r->number - 1 - i,
			.start = p->start,
			.first = p->start,
			.end = p->end,
			.made = p->made };

		if (s.number >= oldest)
			continue;
		s.has_record = s.number > 1;
		if (s.number == 1)
			s.first = 0;
		if (add(f, &s, why))
			return -1;
	}
	return 0;
}

/* By either record. */
static bool read_record_of(
	const struct finder *f, const struct session *s, struct session_record *r)
{
	return (session_probe_record(
			f->how->blocks, s->start + SESSION_RECORD_BLOCK, SESSION_RECORD_START, r) ||
		       session_probe_record(f->how->blocks, s->end - 1, SESSION_RECORD_END, r)) &&
	       r->number == s->number && r->here.start == s->start;
}

/* All that the best one's record leads to; records further back know what it has no room for. */
static int list_recorded(struct finder *f, struct fail *why)
{
	struct session_record r = f->best;
	struct session newest = { .number = r.number,
		.start = r.here.start,
		.first = r.here.start,
		.end = r.here.end,
		.made = r.here.made,
		.has_record = true };

	if (add(f, &newest, why) || add_earlier(f, &r, why))
		return -1;
	while (f->found->list[f->found->n - 1].number > 1 && f->found->n < SESSIONS_MAX) {
		size_t n = f->found->n, at = n;

		/* the oldest one's record, or, where that is damaged, of one that is newer */
		while (f->found->n == n && at-- > 0)
			if (read_record_of(f, &f->found->list[at], &r) && add_earlier(f, &r, why))
				return -1;
		if (f->found->n == n)
			return 0; /* those before it can't be found */
	}
	return 0;
}

/* What only its descriptors say of it. */
static void take_primary(const struct finder *f, struct session *s)
{
	struct session_primary p;

	if (!session_probe_primary(f->how->blocks, s->start, &p))
		return;
	if (!s->end)
		s->end = p.end;
	if (!s->made)
		s->made = p.made;
}

/* The sessions of another program, as the drive has them. */
static int list_foreign(struct finder *f, struct fail *why)
{
	const struct session_search *how = f->how;
	struct session s = { .number = 1 };

	take_primary(f, &s);
	if (add(f, &s, why))
		return -1;
	for (size_t i = 0; i < how->n_tracks && f->foreign; i++) {
		uint64_t lba = how->track_lbas[i];
		struct session_record r;

		if (lba <= how->lead || lba - how->lead > f->foreign ||
			(!is_foreign(f, lba - how->lead) &&
				(!session_probe_read(f->how->blocks, lba - how->lead, &r) ||
					session_probe_wholeness(f->how->blocks, &r) !=
						SESSION_WHOLE)))
			continue;
		s = (struct session){
			.number = s.number + 1, .start = lba - how->lead, .first = lba - how->lead
		};
		take_primary(f, &s);
		if (add(f, &s, why))
			return -1;
	}
	return 0;
}

static void reverse(struct sessions *s)
{
	for (size_t i = 0, j = s->n; i + 1 < j; i++) {
		struct session t = s->list[i];

		s->list[i] = s->list[--j];
		s->list[j] = t;
	}
}

/* Where the first session is read, and which later one follows its saved descriptors. */
static void place_first(struct finder *f)
{
	struct sessions *s = f->found;
	struct session *first = &s->list[0];

	s->saved = f->best.saved;
	if (first->number != 1)
		return;
	if (s->saved)
		first->start = s->saved;
	s->saved = first->start;
	first->is_lost = s->starts_newest && !s->saved;
	if (!first->is_lost)
		take_primary(f, first);
	for (size_t i = 1; s->saved && i < s->n; i++)
		if (s->list[i].start == s->saved + SESSION_SAVED_BLOCKS)
			s->list[i].first = s->saved;
}

int sessions_find(struct sessions *s, const struct session_search *how, struct fail *f)
{
	struct finder finder = { .how = how, .found = s };

	*s = (struct sessions){ 0 };
	try_in_place(&finder);
	if (!try_tracks(&finder) && (how->may_scan || finder.is_headless) && !finder.foreign &&
		scan(&finder, f))
		return -1;
	if (!finder.has_best || finder.foreign)
		return list_foreign(&finder, f);
	if (list_recorded(&finder, f))
		return -1;
	reverse(s);
	place_first(&finder);
	return 0;
}

uint64_t sessions_end(const struct sessions *s)
{
	return s && s->n > 1 && s->list[s->n - 1].has_record ? s->list[s->n - 1].end : 0;
}

uint64_t sessions_run(const struct sessions *s, uint64_t lba, bool *is_gap)
{
	size_t low = 0, high = s ? s->n : 0;

	*is_gap = false;
	if (lba >= sessions_end(s))
		return UINT64_MAX;
	/* the first that ends behind it */
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (s->list[middle].end > lba)
			high = middle;
		else
			low = middle + 1;
	}
	/* where the oldest ones are not known, they are no gap */
	*is_gap = low > 0 && lba < s->list[low].first;
	return (*is_gap ? s->list[low].first : s->list[low].end) - lba;
}

const struct session *sessions_get(const struct sessions *s, unsigned number)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->list[i].number == number && !s->list[i].is_lost)
			return &s->list[i];
	return NULL;
}

void sessions_free(struct sessions *s)
{
	free(s->list);
	*s = (struct sessions){ 0 };
}
