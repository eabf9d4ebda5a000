/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/sessions.h"

#include <stdlib.h>
#include <string.h>

#include "iso/descriptors.h"
#include "iso/disc_time.h"
#include "iso/session_record.h"
#include "util/number.h"
#include "util/signals.h"

enum {
	SCAN_BLOCKS = 32768,  /* more than any medium leaves between two sessions */
	SCAN_CHUNK = 64,      /* blocks read at once */
	SCAN_UNREAD_MAX = 4,  /* in a row: each may take a drive seconds */
	SESSIONS_MAX = 65536, /* whose places are kept */
	SPACE_SIZE = 80,      /* in the primary descriptor (ECMA-119, 8.4.8, 8.4.26) */
	CREATED = 813,
};

struct finder {
	const struct session_search *how;
	struct sessions *found;
	struct session_record best; /* of the newest whole session so far */
	bool has_best;
	uint64_t foreign; /* the start of the newest session that another program made; 0: none */
};

static bool read_block(const struct finder *f, uint64_t lba, uint8_t block[BLOCK_BYTES])
{
	struct block_reader *blocks = f->how->blocks;

	return lba < blocks->n_blocks && block_reader_read(blocks, lba, 1, block, NULL) == 0;
}

static bool read_record(const struct finder *f, uint64_t lba, enum session_record_kind kind,
	struct session_record *r)
{
	uint8_t block[BLOCK_BYTES];

	return read_block(f, lba, block) && session_record_decode(r, kind, block);
}

static bool has_descriptors(const struct finder *f, uint64_t start)
{
	struct block_reader view = *f->how->blocks;

	view.session_lba = start;
	return descriptors_start(&view) == start;
}

static void tell_broken(const struct finder *f, uint64_t start)
{
	message_note(f->how->m, "a session that was broken off at LBA %llu is passed over",
		(unsigned long long)(start + f->how->lead));
}

/* Both records agree, and what they say is there. */
static bool is_whole(const struct finder *f, uint64_t start, const struct session_record *r)
{
	struct session_record end;

	return r->here.start == start && r->here.end <= f->how->blocks->n_blocks &&
	       has_descriptors(f, start) &&
	       read_record(f, r->here.end - 1, SESSION_RECORD_END, &end) &&
	       memcmp(end.id, r->id, sizeof r->id) == 0 && end.number == r->number &&
	       end.here.start == r->here.start && end.here.end == r->here.end;
}

/* Descriptors without a record are another program's session. */
static bool is_foreign(const struct finder *f, uint64_t start)
{
	struct session_record r;

	return !read_record(f, start + SESSION_RECORD_BLOCK, SESSION_RECORD_START, &r) &&
	       has_descriptors(f, start);
}

/* Takes the session that may begin there as the best one. */
static bool try_start(struct finder *f, uint64_t start)
{
	struct session_record r;

	if (!read_record(f, start + SESSION_RECORD_BLOCK, SESSION_RECORD_START, &r)) {
		if (is_foreign(f, start))
			f->foreign = start;
		return f->foreign == start;
	}
	/* one that was written in place, but did not come as far as block 16, was not added */
	if (r.is_in_place || !is_whole(f, start, &r)) {
		tell_broken(f, start);
		return false;
	}
	f->best = r;
	f->has_best = true;
	f->found->starts_newest = false;
	return true;
}

/* False where it has no primary descriptor in the place where it is expected. */
static bool read_primary(const struct finder *f, struct session *s)
{
	uint64_t n_blocks = f->how->blocks->n_blocks;
	uint8_t block[BLOCK_BYTES];

	if (!read_block(f, s->start + DESCRIPTORS_FIRST, block) || memcmp(block, "\1CD001", 6) != 0)
		return false;
	s->end = descriptors_end(s->start, number_le32(block + SPACE_SIZE), n_blocks);
	if (s->end > n_blocks)
		s->end = n_blocks;
	if (!disc_time_long(block + CREATED, &s->made))
		s->made = 0;
	return true;
}

/* The record in a block is that of the session whose descriptor is in block 16. */
static bool is_shown(const struct finder *f, uint64_t lba, enum session_record_kind kind,
	struct session_record *r)
{
	uint8_t shown[BLOCK_BYTES], own[BLOCK_BYTES];

	return read_record(f, lba, kind, r) && read_block(f, DESCRIPTORS_FIRST, shown) &&
	       read_block(f, (uint64_t)r->here.start + DESCRIPTORS_FIRST, own) &&
	       memcmp(shown, own, sizeof shown) == 0;
}

/* The medium is overwritten in place: block 16 is that of the newest session, which was whole when
 * it came there. Power may have failed between block 15 and that one. */
static void try_in_place(struct finder *f)
{
	struct session first = { .number = 1 };
	struct session_record r;

	if (!read_primary(f, &first) || first.end == 0)
		return;
	if (!is_shown(f, SESSION_RECORD_BLOCK, SESSION_RECORD_START, &r) &&
		!is_shown(f, first.end - 1, SESSION_RECORD_END, &r))
		return;
	f->best = r;
	f->has_best = f->found->starts_newest = true;
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

/* The first session has no record of its own. */
static void read_primary_made(const struct finder *f, struct session *s)
{
	struct session as_recorded = *s;

	if (read_primary(f, s))
		as_recorded.made = s->made;
	*s = as_recorded;
}

/* What lies behind a session may be counted in (doc/FORMAT.md). */
static bool is_place_of(const struct session_place *place, uint64_t end, int64_t made)
{
	return place->end >= end && place->made == made;
}

/* True where its list has the newest session so far, or the first. Where a disc was burned over an
 * older one, that one's sessions may still lie behind it. */
static bool is_of_this_disc(
	const struct finder *f, const struct session_record *r, const struct session *first)
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

/* Takes the session whose record is in one of the n blocks from lba on; 0: none, else its end. */
static uint64_t scan_chunk(struct finder *f, const struct session *first, uint64_t lba, uint32_t n,
	const uint8_t *blocks)
{
	struct session_record r;

	for (uint32_t i = 0; i < n; i++) {
		if (session_record_decode(
			    &r, SESSION_RECORD_START, blocks + (size_t)i * BLOCK_BYTES) &&
			r.here.start + (uint64_t)SESSION_RECORD_BLOCK == lba + i &&
			is_of_this_disc(f, &r, first) && try_start(f, r.here.start))
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
	while (n_read < n && read_block(f, lba + n_read, blocks + (size_t)n_read * BLOCK_BYTES))
		n_read++;
	return n_read;
}

/* Looks behind the sessions that are known for others. 0, or -1 with why filled. */
static int scan(struct finder *f, struct fail *why)
{
	struct session first = { .number = 1 };
	uint8_t blocks[SCAN_CHUNK * BLOCK_BYTES];
	unsigned n_unread = 0;
	uint64_t lba, limit;

	if (!f->has_best && !read_primary(f, &first))
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

/* The newest first. */
static int add_earlier(struct finder *f, const struct session_record *r, struct fail *why)
{
	for (uint32_t i = 0; i < r->n_earlier; i++) {
		const struct session_place *p = &r->earlier[i];
		struct session s = { .number = r->number - 1 - i,
			.start = p->start,
			.first = p->start,
			.end = p->end,
			.made = p->made };

		s.has_record = s.number > 1;
		if (s.number == 1)
			s.first = 0;
		if (add(f, &s, why))
			return -1;
	}
	return 0;
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
		const struct session *oldest = &f->found->list[f->found->n - 1];

		if (!(read_record(
			      f, oldest->start + SESSION_RECORD_BLOCK, SESSION_RECORD_START, &r) ||
			    read_record(f, oldest->end - 1, SESSION_RECORD_END, &r)) ||
			r.number != oldest->number || r.here.start != oldest->start)
			return 0; /* those before it can't be found */
		if (add_earlier(f, &r, why))
			return -1;
	}
	return 0;
}

/* The sessions of another program, as the drive has them. */
static int list_foreign(struct finder *f, struct fail *why)
{
	const struct session_search *how = f->how;
	struct session s = { .number = 1 };

	read_primary(f, &s);
	if (add(f, &s, why))
		return -1;
	for (size_t i = 0; i < how->n_tracks && f->foreign; i++) {
		uint64_t lba = how->track_lbas[i];

		if (lba <= how->lead || lba - how->lead > f->foreign ||
			!is_foreign(f, lba - how->lead))
			continue;
		s = (struct session){
			.number = s.number + 1, .start = lba - how->lead, .first = lba - how->lead
		};
		read_primary(f, &s);
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
	if (!first->made && !first->is_lost)
		read_primary_made(f, first);
	for (size_t i = 1; s->saved && i < s->n; i++)
		if (s->list[i].start == s->saved + SESSION_SAVED_BLOCKS)
			s->list[i].first = s->saved;
}

int sessions_find(struct sessions *s, const struct session_search *how, struct fail *f)
{
	struct finder finder = { .how = how, .found = s };

	*s = (struct sessions){ 0 };
	try_in_place(&finder);
	if (!try_tracks(&finder) && how->may_scan && !finder.foreign && scan(&finder, f))
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
