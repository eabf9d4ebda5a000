/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file has from any byte on: each block is the right one, the tail too, and a bad block is
 * named by its number on the medium. */
#include "util/block_reader.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/tap.h"
#include "util/sector.h"

enum { N_BLOCKS = 20, N_BYTES = N_BLOCKS * BLOCK_BYTES + 700, BAD = 9 };

static uint8_t bytes[N_BYTES];

static void fill(void)
{
	FILE *to = fopen("file", "wb");

	srand(1);
	for (size_t i = 0; i < N_BYTES; i++)
		bytes[i] = (uint8_t)rand();
	if (!to || fwrite(bytes, 1, N_BYTES, to) != N_BYTES || fclose(to))
		abort();
}

static void check_from(struct block_reader *file, size_t first)
{
	struct fail f = { 0 }, behind = { 0 };
	struct block_reader *rest = block_reader_rest(file, first, &f);
	uint8_t buf[6 * BLOCK_BYTES];
	bool are_right = true;

	tap_ok(rest && rest->n_blocks == (N_BYTES - first) / BLOCK_BYTES &&
			rest->n_tail_bytes == (N_BYTES - first) % BLOCK_BYTES,
		"from byte %zu on: its size", first);
	for (uint32_t n = 1; rest && n <= 6; n++)
		for (uint64_t lba = 0; lba + n <= rest->n_blocks; lba++)
			are_right = are_right && block_reader_read(rest, lba, n, buf, &f) == 0 &&
				    memcmp(buf, bytes + first + lba * BLOCK_BYTES,
					    n * BLOCK_BYTES) == 0;
	tap_ok(are_right, "from byte %zu on: any blocks", first);
	tap_ok(rest && block_reader_read(rest, rest->n_blocks, 1, buf, &behind) != 0,
		"from byte %zu on: none behind the end", first);
	block_reader_free(rest);
}

/* A medium with one bad block. */
static int read_damaged(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	(void)ctx;
	for (uint32_t i = 0; i < n; i++) {
		if (lba + i == BAD)
			return fail_set(f, FAIL_FAILED, "LBA 9", "can't be read");
		memcpy(buf + i * BLOCK_BYTES, bytes + (lba + i) * BLOCK_BYTES, BLOCK_BYTES);
	}
	return 0;
}

static void check_damage(void)
{
	struct block_reader medium = { .read = read_damaged, .n_blocks = N_BLOCKS };
	struct fail f = { 0 };
	struct block_reader *rest = block_reader_rest(&medium, BLOCK_BYTES + 512, &f);
	uint8_t buf[10 * BLOCK_BYTES];

	/* block 7 ends in the bad one, block 8 begins there */
	tap_ok(block_reader_read(rest, 2, 10, buf, &f) != 0 && strcmp(f.object, "LBA 9") == 0 &&
			memcmp(buf, bytes + 3 * BLOCK_BYTES + 512, 5 * BLOCK_BYTES) == 0,
		"a bad block is named, and what comes before it is there");
	tap_ok(block_reader_read(rest, 9, 1, buf, &f) == 0 &&
			memcmp(buf, bytes + 10 * BLOCK_BYTES + 512, BLOCK_BYTES) == 0,
		"what comes behind it can be read");
	block_reader_free(rest);
}

int main(void)
{
	static const size_t starts[] = { 0, 512, 700, 701, BLOCK_BYTES, 8192, 8192 + 1536,
		N_BYTES - BLOCK_BYTES, N_BYTES - 10, N_BYTES };
	struct block_reader *file, *rest, *nested;
	struct fail f = { 0 };

	tap_enter_folder("/tmp");
	fill();
	file = block_reader_open_file("file", &f);
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		check_from(file, starts[i]);
	rest = block_reader_rest(file, N_BYTES + 5000, &f);
	tap_ok(rest && rest->n_blocks == 0 && rest->n_tail_bytes == 0, "nothing behind the end");
	block_reader_free(rest);
	rest = block_reader_rest(file, 1000, &f);
	nested = block_reader_rest(rest, 3 * BLOCK_BYTES + 1036, &f);
	if (nested) {
		uint8_t block[BLOCK_BYTES];

		tap_ok(block_reader_read(nested, nested->n_blocks - 1, 1, block, &f) == 0 &&
				memcmp(block, bytes + N_BYTES - BLOCK_BYTES - nested->n_tail_bytes,
					BLOCK_BYTES) == 0,
			"one of another one, up to the tail");
	}
	block_reader_free(nested);
	block_reader_free(rest);
	block_reader_free(file);
	check_damage();
	return tap_done();
}
