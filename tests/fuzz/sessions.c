/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plain disc whose sessions are looked for. In units of 10 bytes: block, offset, four bytes that
 * are put there (offset 65535: a record, whose SHA-256 is made right, with these as its number),
 * two of the track that is told. */
#include "fuzz.h"

#include <string.h>

#include "disc/sessions.h"
#include "iso/session_record.h"
#include "util/number.h"
#include "util/sha256.h"

enum { N_BLOCKS = 160, UNIT = 10, TRACKS_MAX = 8, DIGEST = BLOCK_BYTES - SHA256_BYTES };

static uint8_t disc[N_BLOCKS][BLOCK_BYTES];

/* Where the bytes are, and where the digest of a block has to be right, too. */
static void put(const uint8_t *unit)
{
	uint8_t *block = disc[number_le16(unit) % N_BLOCKS];
	uint16_t at = number_le16(unit + 2);

	if (at == UINT16_MAX) {
		struct session_record r = { .number = unit[4] % 4 + 2u,
			.n_earlier = unit[4] % 4 + 1u };

		r.here = (struct session_place){ unit[5], unit[6], unit[7] };
		r.saved = unit[7] & 2 ? unit[5] / 2 : 0;
		r.is_in_place = unit[7] & 4;
		for (uint32_t i = 0; i < r.n_earlier; i++)
			r.earlier[i] =
				(struct session_place){ unit[5] / (i + 2), unit[5] / (i + 1), i };
		session_record_encode(
			&r, unit[7] & 1 ? SESSION_RECORD_END : SESSION_RECORD_START, block);
		return;
	}
	memcpy(block + at % (DIGEST - 4), unit + 4, 4);
	if (memcmp(block, "xburncrypt", 10) == 0)
		sha256_of(block, DIGEST, block + DIGEST);
}

static void hear(void *ctx, enum message_kind kind, const char *text)
{
	(void)ctx;
	(void)kind;
	(void)text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct block_reader blocks = block_reader_in_memory(disc[0], N_BLOCKS);
	static const struct messages messages = { .put = hear };
	uint64_t tracks[TRACKS_MAX];
	struct session_search how = {
		.blocks = &blocks, .track_lbas = tracks, .may_scan = size % 2, .m = &messages
	};
	struct sessions s;
	struct fail f = { 0 };
	uint64_t end = 0;

	memset(disc, 0, sizeof disc);
	memcpy(disc[16], "\1CD001", 6);
	for (; size >= UNIT; data += UNIT, size -= UNIT) {
		put(data);
		if (how.n_tracks < TRACKS_MAX)
			tracks[how.n_tracks++] = number_le16(data + 8) % (2 * N_BLOCKS);
	}
	FUZZ_MUST(sessions_find(&s, &how, &f) == 0 && s.n > 0);
	for (uint64_t lba = 0, n; lba < sessions_end(&s); lba += n) {
		bool is_gap;

		n = sessions_run(&s, lba, &is_gap);
		FUZZ_MUST(n > 0 && (!is_gap || lba + n <= N_BLOCKS));
	}
	for (size_t i = 0; i < s.n; i++) {
		/* the newest may be cut */
		FUZZ_MUST(s.list[i].end <= N_BLOCKS || !s.list[i].has_record ||
			  (i == s.n - 1 && s.list[i].start < N_BLOCKS));
		FUZZ_MUST(i == 0 || s.list[i].number == s.list[i - 1].number + 1);
		FUZZ_MUST(!sessions_end(&s) || s.list[i].end >= end);
		end = s.list[i].end;
	}
	sessions_free(&s);
	return 0;
}
