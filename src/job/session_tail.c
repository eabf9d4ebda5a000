/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/session_tail.h"

#include "crypto/format/volume.h"
#include "disc/disc.h"
#include "disc/payload_copy.h"
#include "disc/payload_reader.h"
#include "disc/sessions.h"
#include "iso/session_record.h"
#include "util/sector.h"

uint64_t session_tail_recorded(struct disc *d)
{
	const struct sessions *s = disc_sessions(d);
	uint64_t end = s->list[s->n - 1].end, n = disc_volume(d)->payload_bytes;
	uint64_t n_payload = n / BLOCK_BYTES + (n % BLOCK_BYTES != 0);
	uint64_t n_partitions = payload_copy_recorded_end(d);

	end = n_payload > end ? n_payload : end;
	return n_partitions > end ? n_partitions : end;
}

static bool is_padding(struct block_reader *medium, uint64_t lba)
{
	uint8_t block[BLOCK_BYTES];

	if (block_reader_read(medium, lba, 1, block, NULL))
		return true;
	for (size_t i = 0; i < sizeof block; i++)
		if (block[i])
			return false;
	return true;
}

uint64_t session_tail_find(struct disc *d, uint64_t from, uint64_t limit)
{
	struct block_reader *medium = disc_medium(d);
	uint64_t lead = disc_payload_lba(d), end = limit;
	uint64_t low =
		limit > from + PAYLOAD_RUN_OUT_BLOCKS ? limit - PAYLOAD_RUN_OUT_BLOCKS : from;

	while (end > low && is_padding(medium, lead + end - 1))
		end--;
	return end > from ? end : from;
}

bool session_tail_is_broken(struct disc *d, uint64_t start, uint64_t limit, uint32_t number)
{
	struct volume whole = *disc_volume(d);
	struct session_record r;
	struct block_reader *blocks;
	uint8_t block[BLOCK_BYTES];
	bool is_broken;

	/* without the length that the payload had */
	whole.payload_bytes = 0;
	blocks = payload_reader_new(disc_medium(d), &whole, false, NULL);
	is_broken = blocks && start + SESSION_RECORD_BLOCK < blocks->n_blocks &&
		    block_reader_read(blocks, start + SESSION_RECORD_BLOCK, 1, block, NULL) == 0 &&
		    session_record_decode(&r, SESSION_RECORD_START, block) && r.is_in_place &&
		    r.number == number && r.here.start == start && limit <= r.here.end;
	block_reader_free(blocks);
	return is_broken;
}
