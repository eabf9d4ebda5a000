/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/session_probe.h"

#include <string.h>

#include "iso/descriptors.h"
#include "iso/disc_time.h"
#include "util/number.h"

enum {
	SPACE_SIZE = 80, /* in the primary descriptor (ECMA-119, 8.4.8, 8.4.26) */
	CREATED = 813,
};

bool session_probe_block(struct block_reader *blocks, uint64_t lba, uint8_t block[BLOCK_BYTES])
{
	return lba < blocks->n_blocks && block_reader_read(blocks, lba, 1, block, NULL) == 0;
}

bool session_probe_record(struct block_reader *blocks, uint64_t lba, enum session_record_kind kind,
	struct session_record *r)
{
	uint8_t block[BLOCK_BYTES];

	return session_probe_block(blocks, lba, block) && session_record_decode(r, kind, block);
}

bool session_probe_has_descriptors(struct block_reader *blocks, uint64_t start)
{
	struct block_reader view = *blocks;
	struct session_primary p;

	view.session_lba = start;
	return session_probe_primary(blocks, start, &p) && descriptors_start(&view) == start;
}

bool session_probe_read(struct block_reader *blocks, uint64_t start, struct session_record *r)
{
	uint8_t block[BLOCK_BYTES];
	uint64_t end;

	if (session_probe_record(blocks, start + SESSION_RECORD_BLOCK, SESSION_RECORD_START, r))
		return r->here.start == start;
	if (!session_probe_block(blocks, start + DESCRIPTORS_FIRST, block))
		return false;
	end = number_le32(block + SPACE_SIZE);
	return end > start && session_probe_record(blocks, end - 1, SESSION_RECORD_END, r) &&
	       r->here.start == start;
}

/* True where the blocks before the last one can be read, those of its own write unit aside: it was
 * written, then, unless the burn ended within that unit. */
static bool was_written(struct block_reader *blocks, uint64_t start, uint64_t last)
{
	enum { UNIT = 32 };
	uint8_t block[BLOCK_BYTES];
	uint64_t first = start + DESCRIPTORS_FIRST;

	if (last < first + UNIT)
		return false;
	if (last > first + 2 * UNIT)
		first = last - 2 * UNIT;
	for (uint64_t lba = first; lba + UNIT <= last; lba++)
		if (!session_probe_block(blocks, lba, block))
			return false;
	return true;
}

enum session_wholeness session_probe_wholeness(
	struct block_reader *blocks, const struct session_record *r)
{
	uint64_t last = r->here.end - 1u;
	struct session_record end;
	uint8_t block[BLOCK_BYTES];

	if (last >= blocks->n_blocks)
		return SESSION_BROKEN_OFF;
	if (!session_probe_block(blocks, last, block)) {
		if (!was_written(blocks, r->here.start, last))
			return SESSION_BROKEN_OFF;
	} else if (!session_record_decode(&end, SESSION_RECORD_END, block) ||
		   memcmp(end.id, r->id, sizeof r->id) != 0 || end.number != r->number ||
		   end.here.start != r->here.start || end.here.end != r->here.end) {
		return SESSION_BROKEN_OFF;
	}
	return session_probe_has_descriptors(blocks, r->here.start) ? SESSION_WHOLE
								    : SESSION_DAMAGED;
}

bool session_probe_primary(struct block_reader *blocks, uint64_t start, struct session_primary *p)
{
	uint64_t n_blocks = blocks->n_blocks;
	uint8_t block[BLOCK_BYTES];

	if (!session_probe_block(blocks, start + DESCRIPTORS_FIRST, block) ||
		memcmp(block, "\1CD001", 6) != 0)
		return false;
	p->end = descriptors_end(start, number_le32(block + SPACE_SIZE), n_blocks);
	if (p->end > n_blocks)
		p->end = n_blocks;
	if (!disc_time_long(block + CREATED, &p->made))
		p->made = 0;
	return true;
}

bool session_probe_is_shown(struct block_reader *blocks, uint64_t start)
{
	uint8_t shown[BLOCK_BYTES], own[BLOCK_BYTES];

	return session_probe_block(blocks, DESCRIPTORS_FIRST, shown) &&
	       session_probe_block(blocks, start + DESCRIPTORS_FIRST, own) &&
	       memcmp(shown, own, sizeof shown) == 0;
}

bool session_probe_is_empty(struct block_reader *blocks, uint64_t lba)
{
	static const uint8_t zeros[BLOCK_BYTES];
	uint8_t block[BLOCK_BYTES];

	return session_probe_block(blocks, lba, block) && !memcmp(block, zeros, sizeof zeros);
}
