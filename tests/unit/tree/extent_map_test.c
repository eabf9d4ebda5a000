/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The true places of files that libisofs lays out once more: those of one session need one row. */
#include "tree/extent_map.h"

#include "lib/tap.h"

static const struct {
	uint32_t lba;
	uint64_t n_blocks;
} files[] = {
	{ 500, 3 }, { 503, 1 }, { 504, 10 }, /* of one session */
	{ 600, 2 },                          /* after a gap */
	{ 602, 5 },                          /* and behind that */
	{ 100, 4 },                          /* of an older one */
	{ 607, 1 },                          /* where another row's end was */
};
enum { N_FILES = sizeof files / sizeof *files };

int main(void)
{
	struct extent_map m = { 0 };
	uint64_t at = 0;
	uint32_t lba;

	tap_ok(!extent_map_find(&m, 0, &lba), "an empty map has nothing");
	for (int i = 0; i < N_FILES; i++)
		if (extent_map_add(&m, files[i].lba, files[i].n_blocks))
			return 1;
	tap_ok(m.n_rows == 4, "files that follow each other share a row");
	for (int i = 0; i < N_FILES; i++) {
		bool is_right = true;

		for (uint64_t n = 0; n < files[i].n_blocks; n++)
			is_right = is_right && extent_map_find(&m, at++, &lba) &&
				   lba == files[i].lba + n;
		tap_ok(is_right, "each block of file %d has its place", i);
	}
	tap_ok(m.n_blocks == at, "all blocks are counted");
	tap_ok(!extent_map_find(&m, at, &lba), "nothing is behind the last one");
	extent_map_clear(&m);
	return tap_done();
}
