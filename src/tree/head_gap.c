/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/head_gap.h"

#include <string.h>

#include "util/number.h"

enum { PRIMARY_DESCRIPTOR = 16, PATH_TABLE_AT = 140, ROOT_RECORD_AT = 156 };

/* The place that a directory's record of itself tells; 0 where the block does not begin with one.
 */
static uint32_t own_place(const uint8_t *b)
{
	static const uint8_t itself[] = { 1, 0 }; /* a name of one byte, 0 */
	uint32_t lba = number_le32(b + 2);

	if (b[0] < 34 || b[1] != 0 || lba != number_be32(b + 6))
		return 0;
	return (b[25] & 2) && memcmp(b + 32, itself, sizeof itself) == 0 ? lba : 0;
}

/* True for the start of the path table: the root's entry, which has a name of one byte and is its
 * own parent (ECMA-119, 9.4). */
static bool is_path_table(const struct head_gap *g, const uint8_t *b)
{
	return b[0] == 1 && b[1] == 0 && number_le32(b + 2) == g->root_lba && b[6] == 1 &&
	       b[7] == 0 && b[8] == 0;
}

uint64_t head_gap_before(struct head_gap *g, const uint8_t block[BLOCK_BYTES], uint64_t lba)
{
	uint32_t place = 0;

	if (lba == (uint64_t)g->first + PRIMARY_DESCRIPTOR) {
		g->root_lba = number_le32(block + ROOT_RECORD_AT + 2);
		g->path_table_lba = number_le32(block + PATH_TABLE_AT);
	}
	if (g->is_behind_directories || g->root_lba == 0 || lba < g->root_lba)
		return 0;
	if (is_path_table(g, block)) {
		place = g->path_table_lba;
		g->is_behind_directories = lba >= place;
	} else {
		place = own_place(block);
	}
	return place > lba ? place - lba : 0;
}
