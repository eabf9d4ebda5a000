/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the files lie whose bytes an earlier session has: libisofs lays them out behind all others,
 * as if they were to be written once more, and this tells their true places from those. Pure
 * numbers, of blocks. */
#ifndef TREE_EXTENT_MAP_H
#define TREE_EXTENT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct extent_map {
	struct extent_map_row {
		uint32_t at;  /* of the file's first block, among those that libisofs lays out */
		uint32_t lba; /* its true one */
	} * rows;             /* heap: ascending */
	size_t n_rows, n_max;
	uint64_t n_blocks; /* of all files */
};

/* The next file, as libisofs lays them out. 0, or -1 without memory. */
int extent_map_add(struct extent_map *m, uint32_t lba, uint64_t n_blocks);

/* The true place of a block of theirs, counted from the first one on. False: it is none. */
bool extent_map_find(const struct extent_map *m, uint64_t at, uint32_t *lba);

/* Frees what m holds. */
void extent_map_clear(struct extent_map *m);

#endif
