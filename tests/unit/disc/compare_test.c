/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading back what some drives read only at a second try, or not at all: what was sent is compared
 * all the same, and so is an image. */
#include "disc/compare.h"

#include <endian.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "disc/examine.h"
#include "lib/tap.h"
#include "util/sector.h"

enum { N_BLOCKS = 300 * 32, N_BYTES = N_BLOCKS * BLOCK_BYTES, WEAK = 40, GROUP = 32 };

static uint8_t *medium, *image;
static uint64_t weak_from, weak_end; /* these blocks are read one at a time only */
static uint64_t bad_from, bad_end;   /* not at all */

static int read_medium(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	(void)ctx;
	if ((lba < bad_end && lba + n > bad_from) ||
		(n > 1 && lba < weak_end && lba + n > weak_from))
		return fail_set(f, FAIL_FAILED, "LBA", "can't be read");
	memcpy(buf, medium + lba * BLOCK_BYTES, (size_t)n * BLOCK_BYTES);
	return 0;
}

static int read_image(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	(void)ctx;
	(void)f;
	memcpy(buf, image + lba * BLOCK_BYTES, (size_t)n * BLOCK_BYTES);
	return 0;
}

static struct block_reader medium_reader = { .read = read_medium, .n_blocks = N_BLOCKS };
static struct block_reader image_reader = { .read = read_image, .n_blocks = N_BLOCKS };

static void start(void)
{
	for (size_t i = 0; i < N_BYTES; i++)
		image[i] = (uint8_t)(i * 2654435761u >> 13);
	memcpy(medium, image, N_BYTES);
	weak_from = weak_end = bad_from = bad_end = 0;
}

static int verify(struct compare_result *r, struct fail *f)
{
	struct digest_list *sent = digest_list_new(N_BYTES, f);
	int ret = -1;

	if (!sent)
		return -1;
	digest_list_update(sent, image, N_BYTES);
	digest_list_finish(sent);
	ret = compare_blocks(&medium_reader, sent, N_BYTES, NULL, r, f);
	digest_list_free(sent);
	return ret;
}

static void test_sent(void)
{
	struct compare_result r;
	struct fail f = { 0 };

	start();
	weak_from = WEAK;
	weak_end = WEAK + 1;
	tap_ok(verify(&r, &f) == 0, "a weak block that is right: equal");
	medium[(WEAK + 1) * BLOCK_BYTES] ^= 1;
	tap_ok(verify(&r, &f) == -1 && r.n_bad_blocks == GROUP,
		"one that is wrong beside it: its group differs");
	f = (struct fail){ 0 };
	start();
	weak_end = N_BLOCKS;
	medium[N_BYTES - 1] ^= 1;
	tap_ok(verify(&r, &f) == -1 && r.n_bad_blocks == GROUP &&
			r.extents[0].lba == N_BLOCKS - GROUP,
		"all are weak, and the last one is wrong: it is found");
	f = (struct fail){ 0 };
	start();
	bad_from = WEAK;
	bad_end = WEAK + 2;
	tap_ok(verify(&r, &f) == -1 && r.n_bad_blocks == 2 && r.extents[0].is_unreadable,
		"two that can't be read are told as such");
}

static int examine(struct examine_result *r, uint64_t payload_bytes)
{
	const struct volume volume = { .payload_bytes = payload_bytes };
	struct examine x = { .blocks = &medium_reader,
		.medium = &medium_reader,
		.volume = &volume,
		.image = &image_reader };
	struct fail f = { 0 };

	return examine_disc(&x, r, &f);
}

static void test_image(void)
{
	struct examine_result r;

	start();
	weak_from = WEAK;
	weak_end = WEAK + 1;
	tap_ok(examine(&r, 0) == 0 && r.n_blocks_differ == 0 && r.n_unreadable == 0 &&
			r.n_damaged == 0,
		"against an image, a weak block: equal");
	medium[200 * BLOCK_BYTES] ^= 1;
	medium[WEAK * BLOCK_BYTES] ^= 1;
	tap_ok(examine(&r, 0) == 0 && r.n_blocks_differ == 2,
		"blocks around it and itself are compared");
	bad_from = WEAK;
	bad_end = WEAK + 1;
	tap_ok(examine(&r, 0) == 0 && r.n_blocks_differ == 1 && r.n_unreadable == 1,
		"one that can't be read is counted once");
	tap_ok(examine(&r, N_BYTES + BLOCK_BYTES) == 0 && r.n_damaged == 1,
		"a payload that should be longer is damage");
}

/* Makes of the medium's start a file system of n_blocks, with nothing in its root. */
static void put_file_system(uint32_t n_blocks)
{
	uint8_t *p = medium + 16 * BLOCK_BYTES, *root = medium + 20 * BLOCK_BYTES;

	memset(medium, 0, (size_t)n_blocks * BLOCK_BYTES);
	memcpy(p, "\1CD001\1", 7);
	memcpy(p + BLOCK_BYTES, "\377CD001\1", 7);
	memcpy(p + 80, &(uint32_t){ htole32(n_blocks) }, 4);
	p[129] = 8;
	for (int i = 0; i < 2; i++) {
		uint8_t *record = root + (ptrdiff_t)i * 34;

		record[0] = 34;
		record[2] = 20;
		record[11] = 8;
		record[25] = 2;
		record[32] = 1;
		record[33] = (uint8_t)i;
	}
	memcpy(p + 156, root, 34);
	memcpy(image, medium, N_BYTES);
}

static void test_run_out(void)
{
	enum { N_FILES = 1000 };
	struct examine_result r;
	const struct {
		uint64_t from, end;
		bool has_image, is_good;
		const char *name;
	} rows[] = {
		{ N_BLOCKS - 2, N_BLOCKS, false, true, "the two blocks that end a track" },
		{ N_BLOCKS - 152, N_BLOCKS, false, true, "and what is padded" },
		{ N_BLOCKS - 400, N_BLOCKS, false, false, "more than that" },
		{ N_BLOCKS - 90, N_BLOCKS - 80, false, false, "with something behind it" },
		{ N_FILES, N_BLOCKS, false, true, "all behind the file system" },
		{ N_FILES - 1, N_BLOCKS, false, false, "all behind, and one block of it" },
		{ N_BLOCKS - 2, N_BLOCKS, true, false, "what an image has that is compared with" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct volume volume = { .payload_bytes = 0 };
		struct examine x = { .blocks = &medium_reader,
			.medium = &medium_reader,
			.volume = &volume,
			.image = rows[i].has_image ? &image_reader : NULL };
		struct fail f = { 0 };

		start();
		put_file_system(N_FILES);
		bad_from = rows[i].from;
		bad_end = rows[i].end;
		tap_ok(examine_disc(&x, &r, &f) == 0 && r.has_files &&
				(r.n_unreadable == 0) == rows[i].is_good,
			"unreadable: %s", rows[i].name);
	}
}

int main(void)
{
	medium = malloc(N_BYTES);
	image = malloc(N_BYTES);
	if (!medium || !image)
		return 1;
	test_sent();
	test_image();
	test_run_out();
	free(medium);
	free(image);
	return tap_done();
}
