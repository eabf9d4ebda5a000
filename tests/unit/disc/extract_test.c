/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disc with blocks that can't be read: extract and verify go on behind them, and name the files.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disc/examine.h"
#include "disc/extract.h"
#include "lib/drain.h"
#include "tree/tree.h"
#include "lib/tap.h"
#include "util/io.h"
#include "util/sector.h"

static struct drained image;
static uint64_t bad_lba; /* and the block behind it */
static char told[20000];

static int read_image(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	(void)ctx;
	if (bad_lba && lba <= bad_lba + 1 && lba + n > bad_lba)
		return fail_set(f, FAIL_FAILED, "LBA", "can't be read");
	memcpy(buf, image.bytes + lba * BLOCK_BYTES, (size_t)n * BLOCK_BYTES);
	return 0;
}

static void take(void *ctx, enum message_kind kind, const char *text)
{
	size_t n = strlen(told);

	(void)ctx;
	(void)kind;
	snprintf(told + n, sizeof told - n, "%s\n", text);
}

static const struct messages messages = { .put = take };

static bool make_image(void)
{
	struct tree_spec spec = { .sources = (const char *[]){ "tree" }, .n_sources = 1 };
	struct fail f = { 0 };
	struct tree *t = tree_new(&spec, NULL, &f);
	struct burn_source *s = t ? tree_source_new(t, &f) : NULL;

	if (s)
		image = drain(s, CHUNK_BYTES, 1 << 30);
	stage_free(s);
	tree_free(t);
	return s && image.last == 0;
}

static void test_extract(const struct disc_files *files)
{
	struct extract x = { .files = files, .to = "out", .messages = &messages };
	struct extract_result result = { 0 };
	struct fail f = { 0 };

	told[0] = '\0';
	tap_run("mkdir out");
	tap_ok(extract_files(&x, &result, &f) == 0 && result.n_hurt == 1 && result.n_files == 4,
		"extract goes on, and counts one: %s", f.what);
	tap_ok(strstr(told, "large: 4096 of its 200000 bytes can't be read"), "it is named: %s",
		told);
	tap_ok(tap_run("cmp -s tree/before out/before && cmp -s tree/zz out/zz && [ out/large -ef "
		       "out/link ]"),
		"the others are whole, and the hard link is the same file");
	tap_ok(tap_run("{ head -c 20480 tree/large; head -c 4096 /dev/zero; tail -c +24577 "
		       "tree/large; "
		       "} "
		       "| cmp -s - out/large"),
		"only what can't be read is missing, and zeros are in its place");
}

static void test_examine(struct block_reader *blocks)
{
	const struct volume clear = { .payload_offset = 0 };
	struct examine x = {
		.blocks = blocks, .medium = blocks, .volume = &clear, .messages = &messages
	};
	struct examine_result result = { 0 };
	struct fail f = { 0 };

	told[0] = '\0';
	tap_ok(examine_disc(&x, &result, &f) == 0 && result.n_unreadable == 2 &&
			result.n_blocks == blocks->n_blocks && result.n_damaged == 0,
		"verify counts two blocks");
	tap_ok(strstr(told, "large: lies in blocks that can't be read") &&
			strstr(told, "link: lies in blocks that can't be read"),
		"both names of the file are told: %s", told);
}

int main(void)
{
	struct block_reader blocks = { .read = read_image };
	struct disc_files *files;
	struct disc_listing *holder = NULL;
	const struct disc_node *node = NULL;
	struct fail f = { 0 };

	tap_enter_folder("/tmp");
	tap_run("mkdir tree; echo 1 >tree/before; head -c 200000 /dev/urandom >tree/large; ln "
		"tree/large "
		"tree/link; echo 2 >tree/zz");
	tap_ok(make_image(), "an image is made");
	blocks.n_blocks = image.n_bytes / BLOCK_BYTES;
	files = disc_files_open(&blocks, 0, &f);
	if (files)
		node = disc_files_find(files, "large", &holder, &f);
	tap_ok(node && node->n_extents == 1, "it is opened: %s", f.what);
	if (node && node->n_extents) {
		bad_lba = node->extents->lba + 10;
		test_extract(files);
		test_examine(&blocks);
	}
	disc_listing_free(holder);
	disc_files_close(files);
	free(image.bytes);
	return tap_done();
}
