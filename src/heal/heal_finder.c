/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/heal_finder.h"

#include <string.h>

#include "util/signals.h"

/* Of all kinds of volumes (doc/FORMAT.md, "Healing data"). */
static const uint16_t anchors[] = { 15, 16, 48, 448, 480, 1016 };
enum { N_ANCHORS = sizeof anchors / sizeof *anchors };

/* Where a record may be among HEAL_ALIGN blocks (heal/heal_layout.h): late, front, last. */
static const uint8_t places[] = { 0, HEAL_ALIGN - 3, HEAL_ALIGN - 2 };

enum {
	/* of a medium: more than it is padded by */
	LAST_BLOCKS = 512,
	/* where reads that fail are dear: how many may: more than the 152 blocks that may be
	 * unreadable at the end of a CD */
	BRIEF_FAILURES = 6,
	FRONT_FAILURES = 2, /* the same behind a volume, where nothing may be written */
	/* in a search through all of it, the longest way past what can't be read: one of so many
	 * parts of it; and what has to be read until it is short again */
	SKIP_PARTS = 128,
	CALM_BLOCKS = 32 * HEAL_ALIGN,
	/* how far before these the late record may be: the longest header, and what is around it */
	LATE_BLOCKS = 1024 + 3 * HEAL_ALIGN,
};

/* True where volumes in the clear have descriptors (ECMA-119, 6.2.1; ECMA-167, 2/8). */
static bool is_clear(struct block_reader *reader)
{
	uint8_t block[BLOCK_BYTES];

	return block_reader_read(reader, 16, 1, block, NULL) == 0 &&
	       (memcmp(block + 1, "CD001", 5) == 0 || memcmp(block + 1, "BEA01", 5) == 0);
}

/* True where the layout itself has a record. A file on the disc may be an image with records of its
 * own, which count from where that begins; at block 32 or 33, one of its anchors comes where other
 * volumes have another. */
static bool belongs(const struct heal_layout *l, struct block_reader *reader, uint64_t at)
{
	if (at == l->front.first || at == l->late.first || at == l->last.first)
		return true;
	/* a header has all anchors of its volume, so that its copy has them, too */
	if (at >= l->header.first && at < l->header.first + l->header.n)
		at -= l->header.first;
	for (size_t i = 0; i < N_ANCHORS; i++)
		if (at == anchors[i])
			return at < (l->header.n ? l->header.n : l->choice.n_data) &&
			       (i == 0 || !is_clear(reader));
	return false;
}

static bool decode_at(struct heal_record *r, struct block_reader *reader, uint64_t at)
{
	uint8_t block[BLOCK_BYTES];
	struct fail ignored = { 0 };

	return at < reader->n_blocks && block_reader_read(reader, at, 1, block, &ignored) == 0 &&
	       heal_record_decode(r, block);
}

/* True for a record at that block that this medium can have there. Where it ends with the volume,
 * what it led to was cut off on purpose. */
static bool counts(const struct heal_record *r, struct block_reader *reader, uint64_t at)
{
	return r->layout.end / 2 <= reader->n_blocks &&
	       r->layout.choice.n_data != reader->n_blocks && belongs(&r->layout, reader, at);
}

static bool take_at(struct heal_record *r, struct block_reader *reader, uint64_t at)
{
	return decode_at(r, reader, at) && counts(r, reader, at);
}

/* The record nearest to the end of n blocks from first on. 1; 0: there is none; -1: they can't be
 * read. */
static int take_last(struct heal_record *r, struct block_reader *reader, uint64_t first, uint32_t n)
{
	uint8_t buf[HEAL_ALIGN * BLOCK_BYTES];
	struct fail ignored = { 0 };

	if (block_reader_read(reader, first, n, buf, &ignored))
		return -1;
	while (n-- > 0)
		if (heal_record_decode(r, buf + (size_t)n * BLOCK_BYTES) &&
			counts(r, reader, first + n))
			return 1;
	return 0;
}

/* The same where they can't be read at once: a drive tries for seconds at each block that it can't
 * read, so only where records stand. */
static bool take_at_places(struct heal_record *r, struct block_reader *reader, uint64_t first)
{
	for (size_t i = sizeof places; i-- > 0 && !signals_caught();)
		if (take_at(r, reader, first + places[i]))
			return true;
	return false;
}

/* Looks at the last blocks of the medium, from its end on. */
static bool search_end(struct heal_record *r, struct block_reader *reader, bool is_brief)
{
	uint64_t end = reader->n_blocks, first;
	unsigned n_left = LAST_BLOCKS / HEAL_ALIGN, n_failed = 0;

	for (; end > 0 && n_left-- > 0 && !signals_caught(); end = first) {
		int found;

		first = (end - 1) / HEAL_ALIGN * HEAL_ALIGN;
		found = take_last(r, reader, first, (uint32_t)(end - first));
		if (found > 0 || (found < 0 && !is_brief && take_at_places(r, reader, first)))
			return true;
		n_failed += found < 0;
		if (is_brief && n_failed == BRIEF_FAILURES)
			return false;
	}
	return false;
}

/* Before the last blocks of an image: the late record, whose place is a multiple of HEAL_ALIGN. */
static bool search_late(struct heal_record *r, struct block_reader *reader)
{
	uint64_t n = reader->n_blocks;
	uint64_t end = n > LAST_BLOCKS ? n - LAST_BLOCKS : 0;
	uint64_t first = end > LATE_BLOCKS ? end - LATE_BLOCKS : 0;

	for (uint64_t at = end / HEAL_ALIGN * HEAL_ALIGN; at > first && !signals_caught();
		at -= HEAL_ALIGN)
		if (take_at(r, reader, at))
			return true;
	return false;
}

/* The same in all of it. What can't be read is passed by in steps that grow, where skips is set. */
static bool search_all(struct heal_record *r, struct block_reader *reader, bool skips)
{
	uint64_t end = reader->n_blocks, most = end / SKIP_PARTS, step = HEAL_ALIGN, calm = 0,
		 first;

	for (; end > 0 && !signals_caught(); end = first) {
		int found;

		first = (end - 1) / HEAL_ALIGN * HEAL_ALIGN;
		found = take_last(r, reader, first, (uint32_t)(end - first));
		if (found > 0)
			return true;
		calm = found < 0 ? 0 : calm + HEAL_ALIGN;
		if (calm >= CALM_BLOCKS)
			step = HEAL_ALIGN;
		if (found == 0 || !skips)
			continue;
		first -= first < step ? first : step;
		step = 2 * step < most ? 2 * step : step;
	}
	return false;
}

/* Looks where the caller says. */
static bool search_at(
	const struct heal_search *s, struct block_reader *reader, struct heal_record *r)
{
	unsigned n_failed = 0;

	for (unsigned i = 0; i <= s->n_more && !signals_caught(); i++) {
		uint64_t at = s->at + (uint64_t)i * HEAL_ALIGN;
		uint8_t block[BLOCK_BYTES];

		if (at >= reader->n_blocks || (s->is_brief && n_failed == FRONT_FAILURES))
			return false;
		if (block_reader_read(reader, at, 1, block, NULL))
			n_failed++;
		else if (heal_record_decode(r, block) && counts(r, reader, at))
			return true;
	}
	return false;
}

static bool search(const struct heal_search *s, struct block_reader *reader, struct heal_record *r)
{
	size_t n_anchors;

	if (search_at(s, reader, r))
		return true;
	n_anchors = is_clear(reader) ? 1 : N_ANCHORS;
	for (size_t i = 0; i < n_anchors; i++)
		if (take_at(r, reader, anchors[i]))
			return true;
	if (!s->skips_end && search_end(r, reader, s->is_brief))
		return true;
	if (!s->skips_end && !s->is_brief && search_late(r, reader))
		return true;
	return s->everywhere && (search_all(r, reader, true) || search_all(r, reader, false));
}

static bool is_of(const struct heal_record *other, const struct heal_record *r)
{
	return !memcmp(other->id, r->id, sizeof r->id) &&
	       !memcmp(other->salt, r->salt, sizeof r->salt) &&
	       !memcmp(&other->layout, &r->layout, sizeof r->layout);
}

/* Adds what another record of the same disc has; all of a root's belongs together. */
static void add(struct heal_record *r, const struct heal_record *other)
{
	if (!r->has_root) {
		*r = *other;
		return;
	}
	if (!other->has_root || memcmp(r->root, other->root, sizeof r->root) != 0)
		return;
	if (!r->has_check_root) {
		r->has_check_root = other->has_check_root;
		memcpy(r->check_root, other->check_root, sizeof r->check_root);
	}
	if (!r->has_mac) {
		r->has_mac = other->has_mac;
		memcpy(r->mac, other->mac, sizeof r->mac);
	}
	if (!r->signature[0])
		memcpy(r->signature, other->signature, sizeof r->signature);
}

/* What only other records of the disc have. */
static void complete(struct block_reader *reader, struct heal_record *r)
{
	const uint64_t others[] = { r->layout.last.first, r->layout.late.first,
		r->layout.front.first };
	struct heal_record other;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (r->has_root && r->has_check_root && (r->has_mac || r->signature[0]))
			return;
		if (take_at(&other, reader, others[i]) && is_of(&other, r))
			add(r, &other);
	}
}

/* An anchor stays in the volume when other healing data are added to it later. The record before
 * the tree is at a place that the volume's length gives, the others may be at the end. */
static void find_newer(
	const struct heal_search *s, struct block_reader *reader, struct heal_record *r)
{
	struct heal_record other;
	bool is_found = take_at(&other, reader, r->layout.front.first) && other.has_root;

	if (!is_found && !s->skips_end)
		is_found = search_end(&other, reader, true) && other.has_root;
	if (!is_found || other.layout.choice.n_data != r->layout.choice.n_data)
		return;
	*r = other;
	complete(reader, r);
}

int heal_finder_run(const struct heal_search *s, struct block_reader *reader, struct heal_record *r,
	struct fail *f)
{
	bool is_found = search(s, reader, r);

	if (is_found)
		complete(reader, r);
	if (is_found && !r->has_root)
		find_newer(s, reader, r);
	if (signals_caught())
		return fail_set(f, FAIL_FAILED, "", "interrupted");
	return is_found;
}

bool heal_finder_is_unfinished(struct block_reader *reader, const struct heal_record *r)
{
	struct heal_record last;

	return !r->has_root && take_at(&last, reader, r->layout.last.first) && !last.has_root;
}

bool heal_finder_is_stray(struct block_reader *reader, uint64_t at)
{
	struct heal_record r;

	return decode_at(&r, reader, at) && !belongs(&r.layout, reader, at);
}
