/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Discs that record the same bytes for many files: links are one file, whatever their number; what
 * would fill the disk is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disc/extract.h"
#include "lib/small_disc.h"
#include "lib/tap.h"
#include "lib/udf_image.h"
#include "util/number.h"

enum { N_FILES = 20, FIRST = 22, FILE_BYTES = 40 * BLOCK_BYTES, SPARSE_BYTES = 100000000 };

static struct extract_result result;
static struct fail f;

/* Both byte orders, as ECMA-119, 7.3.3. */
static void put_both(uint8_t *to, uint32_t n)
{
	number_put_le32(to, n);
	for (int i = 0; i < 4; i++)
		to[4 + i] = to[3 - i];
}

/* N_FILES names in a directory; their times differ where step is not 0. */
static void put_files(uint8_t *block, size_t *end, uint32_t n_links, int step)
{
	uint8_t px[44] = "PX\54\1";
	char name[3] = "";

	put_both(px + 4, 0100644);
	put_both(px + 12, n_links);
	put_both(px + 36, 7);
	for (int i = 0; i < N_FILES; i++) {
		uint8_t *record;

		name[0] = (char)('A' + i);
		name[1] = block == disc[ROOT] ? 'R' : 'D';
		record = put_record(block, end, name, 2, FIRST, FILE_BYTES, 0, px, sizeof px);
		memcpy(record + 18, "\144\1\1\0\0\0\0", 7);
		record[18 + 5] = (uint8_t)(i * step);
		record[18 + 4] = (uint8_t)(block == disc[DIR] ? step : 0);
	}
}

/* Extracts a new disc of 40 names for 40 of its 64 blocks into "out"; 0 or -1. */
static int extract(uint32_t n_links, int step)
{
	struct disc_files *files;
	struct extract x = { .to = "out" };
	int ret;

	small_disc_start(true);
	root_end = 0;
	dir_end = 0;
	put_record(disc[ROOT], &root_end, "", 1, ROOT, BLOCK_BYTES, 2,
		"SP\7\1\276\357\0ER\22\1\12\0\0\1IEEE_P1282", 25);
	put_record(disc[ROOT], &root_end, "\1", 1, ROOT, BLOCK_BYTES, 2, "", 0);
	put_record(disc[DIR], &dir_end, "", 1, DIR, BLOCK_BYTES, 2, "", 0);
	put_record(disc[DIR], &dir_end, "\1", 1, ROOT, BLOCK_BYTES, 2, "", 0);
	put_root("D", DIR, BLOCK_BYTES, 2);
	put_files(disc[ROOT], &root_end, n_links, step);
	put_files(disc[DIR], &dir_end, n_links, step);
	memset(disc[FIRST], 'x', FILE_BYTES);
	tap_run("if [ -e out ]; then chmod -R u+w out; rm -rf out; fi; mkdir out");
	f = (struct fail){ 0 };
	files = disc_files_open(&small_disc, 0, &f);
	if (!files)
		return -1;
	x.files = files;
	ret = extract_files(&x, &result, &f);
	disc_files_close(files);
	return ret;
}

/* A file of 100 MB, of which a hole is all but ten bytes, on a disc of 2 MB. */
static int extract_sparse(void)
{
	struct udf_image image;
	struct disc_files *files;
	struct extract x = { .to = "out" };
	uint8_t *entry;
	int ret;

	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	entry = udf_image_entry(&image, UDF_HOLE);
	number_put_le64(entry + 56, SPARSE_BYTES + 10);
	number_put_le32(entry + 176, 2u << 30 | SPARSE_BYTES);
	udf_image_seal(entry, 176 + 32);
	tap_run("chmod -R u+w out; rm -rf out; mkdir out");
	f = (struct fail){ 0 };
	files = disc_files_open(&image.blocks, 0, &f);
	if (!files)
		return -1;
	x.files = files;
	ret = extract_files(&x, &result, &f);
	disc_files_close(files);
	udf_image_clear(&image);
	return ret;
}

int main(void)
{
	tap_enter_folder("/tmp");
	tap_ok(extract(2 * N_FILES, 0) == 0 && result.n_files == (uint64_t)2 * N_FILES &&
			result.n_hurt == 0 && result.n_bytes == FILE_BYTES,
		"40 names of one file: its bytes are written once%s%s", f.object, f.what);
	tap_ok(tap_run("[ $(find out -type f -links 40 | wc -l) = 40 ]"), "and they are links");
	tap_ok(extract(1, 0) == -1 && strstr(f.what, "16 times the size of the medium"),
		"40 files of the same bytes are refused: %s", f.what);
	tap_ok(tap_run("[ $(find out -type f | wc -l) = 0 ]"), "before any is written");
	tap_ok(extract(2 * N_FILES, 1) == -1 && strstr(f.what, "16 times the size of the medium"),
		"40 that only claim to be links are, too: %s", f.what);
	tap_ok(tap_run("[ $(find out -type f | wc -l) -lt 30 ]"), "after 16 times the medium");
	tap_ok(extract_sparse() == 0 && tap_run("[ $(stat -c %s 'out/hidden hole') = 100000010 ]"),
		"a file that is almost all hole is as long as it likes: %s", f.what);
	return tap_done();
}
