/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where libisofs writes fewer blocks than it planned.
 *
 * Each directory is followed by the continuation area of its long names (SUSP: CE). Where it
 * crosses a block's end, libisofs 1.5.4 plans some bytes too much for it (rockridge.c:
 * susp_calc_nm_sl_al counts the padding twice), which may amount to a block; what follows would
 * come too early. Each directory says its place in its first record (ECMA-119, 9.1.3), and the
 * primary volume descriptor that of the path table: so the gap is seen, and is closed by blocks of
 * zeros.
 */
#ifndef TREE_HEAD_GAP_H
#define TREE_HEAD_GAP_H

#include <stdbool.h>
#include <stdint.h>

#include "util/sector.h"

/* Starts as zeros, but for the block that the image begins at. */
struct head_gap {
	uint32_t first;
	uint32_t root_lba, path_table_lba; /* 0: not known */
	bool is_behind_directories;
};

/* How many blocks are missing before block, the next one that libisofs gives, at lba; all blocks
 * from the image's start have to be shown, in order. */
uint64_t head_gap_before(struct head_gap *g, const uint8_t block[BLOCK_BYTES], uint64_t lba);

#endif
