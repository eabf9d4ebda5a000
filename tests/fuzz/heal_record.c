/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record of healing data: the bytes are its text, and the sum is made right where there is room
 * for it. One that is taken describes areas that follow one another. */
#include "fuzz.h"

#include <string.h>

#include "heal/heal_record.h"
#include "util/hex.h"

enum { SUM_BYTES = 4 + 2 * SHA256_BYTES + 1 };

static void check_layout(const struct heal_layout *l)
{
	const struct heal_area areas[] = { { 0, l->choice.n_data }, l->front, l->superblock,
		l->tree, l->kernel, l->rows, l->check, l->upper, l->late, l->header, l->last };
	uint64_t end = 0;

	for (size_t i = 0; i < sizeof areas / sizeof *areas; i++) {
		FUZZ_MUST(areas[i].first >= end && areas[i].n <= l->end);
		end = areas[i].first + areas[i].n;
	}
	FUZZ_MUST(end == l->end && end % HEAL_ALIGN == 0);
	FUZZ_MUST(heal_layout_covered(l, l->n_covered - 1) < l->kernel.first);
	FUZZ_MUST(l->n_symbols + l->choice.n_rows <= 255 &&
		  (uint64_t)l->n_symbols * l->choice.row_blocks >= l->n_covered);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t block[BLOCK_BYTES] = { 0 }, again[BLOCK_BYTES], sum[SHA256_BYTES];
	char digits[2 * SHA256_BYTES + 1];
	struct heal_record r;

	if (size > BLOCK_BYTES)
		size = BLOCK_BYTES;
	memcpy(block, data, size);
	if (size <= BLOCK_BYTES - SUM_BYTES) {
		sha256_of(block, size, sum);
		memcpy(block + size, "sum ", 4);
		memcpy(block + size + 4, hex_write(digits, sum, sizeof sum), sizeof digits - 1);
		block[size + SUM_BYTES - 1] = '\n';
	}
	if (!heal_record_decode(&r, block))
		return 0;
	check_layout(&r.layout);
	heal_record_encode(&r, r.has_root ? HEAL_RECORD_BACK : HEAL_RECORD_ANCHOR, again);
	FUZZ_MUST(!memcmp(block, again, sizeof block));
	heal_record_explain(&r, again);
	FUZZ_MUST(again[BLOCK_BYTES - 1] == 0);
	return 0;
}
