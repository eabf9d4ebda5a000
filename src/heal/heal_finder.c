/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/heal_finder.h"

#include <stdlib.h>
#include <string.h>

#include "util/signals.h"

/* Of all kinds of volumes (doc/FORMAT.md, "Healing data"). */
static const uint16_t anchors[] = { 15, 16, 48, 448, 480, 1016 };

enum {
	/* of a medium: more than it is padded by */
	LAST_BLOCKS = 512,
	READ_BLOCKS = 512,
	/* where reads that fail are dear: how much is read at a time, and how many may fail: more
	 * than the 152 blocks that may be unreadable at the end of a CD */
	BRIEF_BLOCKS = 32,
	BRIEF_FAILURES = 6,
};

/* True for the block that is a record which this medium can have. */
static bool take(struct heal_record *r, const struct block_reader *reader, const uint8_t *block)
{
	return heal_record_decode(r, block) && r->layout.end / 2 <= reader->n_blocks;
}

static bool take_at(struct heal_record *r, struct block_reader *reader, uint64_t at)
{
	uint8_t block[BLOCK_BYTES];
	struct fail ignored = { 0 };

	return at < reader->n_blocks && block_reader_read(reader, at, 1, block, &ignored) == 0 &&
	       take(r, reader, block);
}

/* The record nearest to the end of n blocks from first on. */
static bool take_last(struct heal_record *r, struct block_reader *reader, uint64_t first,
	uint32_t n, uint8_t *buf)
{
	struct fail ignored = { 0 };

	if (block_reader_read(reader, first, n, buf, &ignored) == 0) {
		while (n-- > 0)
			if (take(r, reader, buf + (size_t)n * BLOCK_BYTES))
				return true;
		return false;
	}
	while (n-- > 0 && !signals_caught())
		if (take_at(r, reader, first + n))
			return true;
	return false;
}

/* Looks at the last n blocks of the medium, from its end on. */
static bool search_back(
	struct heal_record *r, struct block_reader *reader, uint64_t n, uint8_t *buf)
{
	uint64_t end = reader->n_blocks, first = n < end ? end - n : 0;

	while (end > first && !signals_caught()) {
		uint32_t piece = end - first < READ_BLOCKS ? (uint32_t)(end - first) : READ_BLOCKS;

		end -= piece;
		if (take_last(r, reader, end, piece, buf))
			return true;
	}
	return false;
}

/* The same without trying block by block what can't be read at once. */
static bool search_briefly(struct heal_record *r, struct block_reader *reader, uint8_t *buf)
{
	uint64_t end = reader->n_blocks, first = LAST_BLOCKS < end ? end - LAST_BLOCKS : 0;
	unsigned n_failed = 0;

	while (end > first && n_failed < BRIEF_FAILURES && !signals_caught()) {
		uint32_t n = end - first < BRIEF_BLOCKS ? (uint32_t)(end - first) : BRIEF_BLOCKS;

		end -= n;
		if (block_reader_read(reader, end, n, buf, NULL)) {
			n_failed++;
			continue;
		}
		while (n-- > 0)
			if (take(r, reader, buf + (size_t)n * BLOCK_BYTES))
				return true;
	}
	return false;
}

static bool search(const struct heal_search *s, struct block_reader *reader, struct heal_record *r,
	uint8_t *buf)
{
	if (take_at(r, reader, s->at))
		return true;
	for (size_t i = 0; i < sizeof anchors / sizeof *anchors; i++)
		if (take_at(r, reader, anchors[i]))
			return true;
	if (s->is_brief)
		return search_briefly(r, reader, buf);
	return (!s->skips_end && search_back(r, reader, LAST_BLOCKS, buf)) ||
	       (s->everywhere && search_back(r, reader, reader->n_blocks, buf));
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
	const uint64_t places[] = { r->layout.last.first, r->layout.late.first,
		r->layout.front.first };
	struct heal_record other;

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		if (r->has_root && r->has_check_root && (r->has_mac || r->signature[0]))
			return;
		if (take_at(&other, reader, places[i]) && is_of(&other, r))
			add(r, &other);
	}
}

/* An anchor stays in the volume when other healing data are added to it later. The record before
 * the tree is at a place that the volume's length gives, the others may be at the end. */
static void find_newer(const struct heal_search *s, struct block_reader *reader,
	struct heal_record *r, uint8_t *buf)
{
	struct heal_record other;
	bool is_found = take_at(&other, reader, r->layout.front.first) && other.has_root;

	if (!is_found && !s->skips_end)
		is_found = (s->is_brief ? search_briefly(&other, reader, buf)
					: search_back(&other, reader, LAST_BLOCKS, buf)) &&
			   other.has_root;
	if (!is_found || other.layout.choice.n_data != r->layout.choice.n_data)
		return;
	*r = other;
	complete(reader, r);
}

int heal_finder_run(const struct heal_search *s, struct block_reader *reader, struct heal_record *r,
	struct fail *f)
{
	uint8_t *buf = malloc((size_t)READ_BLOCKS * BLOCK_BYTES);
	bool is_found;

	if (!buf)
		return fail_memory(f);
	is_found = search(s, reader, r, buf);
	if (is_found)
		complete(reader, r);
	if (is_found && !r->has_root)
		find_newer(s, reader, r, buf);
	free(buf);
	if (signals_caught())
		return fail_set(f, FAIL_FAILED, "", "interrupted");
	return is_found;
}
