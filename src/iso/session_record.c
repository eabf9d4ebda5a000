/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/session_record.h"

#include <string.h>

#include "util/number.h"
#include "util/sha256.h"

/* Offsets in a record (doc/FORMAT.md). */
enum {
	MAGIC = 0,
	VERSION = 16,
	NUMBER = 20,
	ID = 24,
	START = 40,
	END = 44,
	MADE = 48,
	N_EARLIER = 56,
	IN_PLACE = 60,
	EARLIER = 64,
	EARLIER_BYTES = 16,
	SAVED = EARLIER + SESSION_RECORD_EARLIER_MAX * EARLIER_BYTES,
	DIGEST = BLOCK_BYTES - SHA256_BYTES,
};

enum { MAGIC_BYTES = 16, VERSION_NOW = 1 };

static const char *const magics[] = {
	[SESSION_RECORD_START] = "xburncrypt sess",
	[SESSION_RECORD_END] = "xburncrypt end\0",
};

static void put_place(uint8_t *at, const struct session_place *p)
{
	number_put_le32(at, p->start);
	number_put_le32(at + 4, p->end);
	number_put_le64(at + 8, (uint64_t)p->made);
}

static struct session_place take_place(const uint8_t *at)
{
	return (struct session_place){ number_le32(at), number_le32(at + 4),
		(int64_t)number_le64(at + 8) };
}

void session_record_encode(
	const struct session_record *r, enum session_record_kind kind, uint8_t block[BLOCK_BYTES])
{
	memset(block, 0, BLOCK_BYTES);
	memcpy(block + MAGIC, magics[kind], MAGIC_BYTES);
	number_put_le32(block + VERSION, VERSION_NOW);
	number_put_le32(block + NUMBER, r->number);
	memcpy(block + ID, r->id, sizeof r->id);
	put_place(block + START, &r->here);
	number_put_le32(block + N_EARLIER, r->n_earlier);
	for (uint32_t i = 0; i < r->n_earlier; i++)
		put_place(block + EARLIER + (size_t)i * EARLIER_BYTES, &r->earlier[i]);
	number_put_le32(block + IN_PLACE, r->is_in_place);
	number_put_le32(block + SAVED, r->saved);
	sha256_of(block, DIGEST, block + DIGEST);
}

/* Each session lies behind the one before. The first one's descriptors may have been saved behind
 * it: when this one was made, or before, as where an image of a disc that is written once grows. */
static bool descends(const struct session_record *r)
{
	uint64_t limit = r->here.start;

	for (uint32_t i = 0; i < r->n_earlier; i++) {
		const struct session_place *p = &r->earlier[i];
		bool is_first = r->number - 1 - i == 1;

		if (p->start >= (is_first ? r->here.start : limit) || p->end > limit || p->end == 0)
			return false;
		if (is_first ? p->start && p->end > p->start : p->end <= p->start)
			return false;
		limit = p->start;
	}
	return true;
}

bool session_record_decode(
	struct session_record *r, enum session_record_kind kind, const uint8_t block[BLOCK_BYTES])
{
	uint8_t digest[SHA256_BYTES];

	/* most blocks that are looked at are none: they take no time */
	if (memcmp(block + MAGIC, magics[kind], MAGIC_BYTES) != 0 ||
		number_le32(block + VERSION) != VERSION_NOW)
		return false;
	sha256_of(block, DIGEST, digest);
	if (memcmp(digest, block + DIGEST, sizeof digest) != 0)
		return false;
	r->number = number_le32(block + NUMBER);
	memcpy(r->id, block + ID, sizeof r->id);
	r->here = take_place(block + START);
	r->n_earlier = number_le32(block + N_EARLIER);
	if (r->number < 2 || r->n_earlier > SESSION_RECORD_EARLIER_MAX || r->n_earlier == 0 ||
		r->n_earlier > r->number - 1 || r->here.end <= r->here.start)
		return false;
	r->is_in_place = number_le32(block + IN_PLACE) != 0;
	r->saved = number_le32(block + SAVED);
	if (r->saved >= r->here.start)
		return false;
	/* all of them, or as many as there is room for */
	if (r->n_earlier < r->number - 1 && r->n_earlier < SESSION_RECORD_EARLIER_MAX)
		return false;
	for (uint32_t i = 0; i < r->n_earlier; i++)
		r->earlier[i] = take_place(block + EARLIER + (size_t)i * EARLIER_BYTES);
	return descends(r);
}
