/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UDF: all kinds of partitions and files, read by us and by others, and what is damaged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iso/block_owners.h"
#include "iso/disc_walk.h"
#include "iso/large_files.h"
#include "lib/tap.h"
#include "lib/udf_image.h"
#include "util/number.h"
#include "util/sector.h"

static struct udf_image image;
static char damage[4000];

static void note_damage(void *ctx, const char *path, const char *what)
{
	size_t n = strlen(damage);

	(void)ctx;
	snprintf(damage + n, sizeof damage - n, "%s: %s\n", path, what);
}

/* What a walk finds: a line for each node, in order. */
static void walk(const struct disc_files *files, char *out, size_t n_out)
{
	struct disc_walk w;
	struct disc_walk_step step;
	struct fail f = { 0 };
	size_t n = 0;

	out[0] = damage[0] = '\0';
	if (disc_walk_open(&w, files, note_damage, NULL, &f))
		return;
	if (disc_walk_add(&w, "", &f) == 0)
		while (disc_walk_next(&w, &step, &f) > 0)
			for (size_t i = 0; i < step.listing->n_nodes; i++) {
				const struct disc_node *node = step.listing->nodes[i];
				char path[300];

				snprintf(path, sizeof path, "%s",
					disc_walk_path(&w, step.directory, node->name));
				n += (size_t)snprintf(out + n, n_out - n, "%o %u %llu %s%s%s\n",
					node->mode, node->n_links,
					(unsigned long long)node->n_bytes, path,
					node->target ? " -> " : "",
					node->target ? node->target : "");
			}
	disc_walk_close(&w);
}

/* True where a file has those characters: runs of one, as counts and the character itself. */
static bool has_runs(const struct disc_files *files, const char *path, const size_t *counts,
	const char *characters)
{
	struct disc_listing *holder;
	struct fail f = { 0 };
	const struct disc_node *node = disc_files_find(files, path, &holder, &f);
	uint8_t bytes[20000];
	size_t n = 0, at = 0;
	bool good = node && disc_files_read(files, node, 0, sizeof bytes, bytes, &n, &f) == 0;

	for (; good && *characters; characters++, counts++)
		for (size_t i = 0; i < *counts && good; i++, at++)
			good = at < n && bytes[at] == (*characters == '0' ? 0 : *characters);
	disc_listing_free(holder);
	return good && at == n;
}

static void check_node(const struct disc_files *files)
{
	struct disc_listing *holder;
	struct fail f = { 0 };
	const struct disc_node *node = disc_files_find(files, "two", &holder, &f);

	/* 03:05:07.123456 UTC */
	tap_ok(node && node->mtime == 981169507 && node->mtime_ns == 123456000,
		"the time of change");
	tap_ok(node && node->atime == 981169506 && node->ctime == 981169506, "the other times");
	tap_ok(node && node->uid == 1000 && node->gid == 100, "the owner");
	disc_listing_free(holder);
	node = disc_files_find(files, "device", &holder, &f);
	tap_ok(node && node->device == 0x501, "the numbers of a device");
	disc_listing_free(holder);
}

static const char *const names[] = { [UDF_PHYSICAL] = "physical",
	[UDF_VIRTUAL] = "virtual",
	[UDF_SPARABLE] = "sparable",
	[UDF_METADATA] = "metadata" };

static void check_good(enum udf_partition_kind kind, uint32_t block_bytes)
{
	size_t bs = block_bytes;
	struct fail f = { 0 };
	struct disc_files *files;
	char got[4000], wanted[4000];

	udf_image_make(&image, kind, block_bytes);
	files = disc_files_open(&image.blocks, 0, &f);
	tap_ok(files != NULL, "%s, blocks of %u bytes: opened", names[kind], block_bytes);
	if (!files) {
		tap_note("%s", f.what);
		return;
	}
	walk(files, got, sizeof got);
	snprintf(wanted, sizeof wanted,
		"100640 1 %zu chain\n20640 1 0 device\n10640 1 0 fifo\n104640 1 6 hello\n"
		"100640 1 %zu hidden hole\n100640 1 0 h\303\244\303\237\n40750 2 %d sub\n"
		"120777 1 10 symlink -> ../sub/h\303\244\n100640 2 %zu two\n"
		"100640 2 %zu sub/\346\227\245\346\234\254\360\237\230\200\n",
		bs + 5, 2 * bs + 10, 88, bs + 100, bs + 100);
	if (!tap_ok(strcmp(got, wanted) == 0 && !*damage, "all files"))
		tap_note("got: %swanted: %s%s", got, wanted, damage);
	tap_ok(has_runs(files, "two", (size_t[]){ bs, 100 }, "ab"), "two extents");
	tap_ok(has_runs(files, "hidden hole", (size_t[]){ 2 * bs, 10 }, "0c"), "a hole");
	tap_ok(has_runs(files, "chain", (size_t[]){ bs, 5 }, "de"), "extents recorded elsewhere");
	tap_ok(has_runs(files, "hello", (size_t[]){ 1, 1, 2, 1, 1 }, "helo\n"),
		"in the file entry");
	check_node(files);
	disc_files_close(files);
}

/* A program that is not ours reads it too. (So does Linux 6.1, all kinds of partitions; that takes
 * root.) */
static void check_by_others(void)
{
	FILE *file = fopen("udf.img", "w");

	if (!tap_has_program("grub-fstest")) {
		tap_skip("GRUB reads it", "grub-fstest is not installed");
	} else if (file) {
		fwrite(image.bytes, 1, image.n_bytes, file);
		fflush(file);
		tap_ok(tap_run("grub-fstest udf.img cat '(loop0)/hello' | grep -qx hello"),
			"GRUB reads it");
		/* Newer versions (2.14, and 2.12 with Debian's repairs) refuse every list of
		 * extents over 4 bytes: udf.c compares the list's bytes with the sectors of a
		 * block. */
		if (tap_run("grub-fstest udf.img cat '(loop0)/chain' 2>&1 | "
			    "grep -q 'invalid ae length'"))
			tap_skip("GRUB reads extents recorded elsewhere", "this version can't");
		else
			tap_ok(tap_run("grub-fstest udf.img cat '(loop0)/chain' | tail -c 5 | "
				       "grep -q eeeee"),
				"GRUB reads extents recorded elsewhere");
	}
	if (file)
		fclose(file);
}

/* Opens what was changed, and says what is wrong: the failure, the damage, or what a walk finds. */
static const char *find_wrong(void)
{
	static char what[4300];
	char got[4000];
	struct fail f = { 0 };
	struct disc_files *files = disc_files_open(&image.blocks, 0, &f);

	if (!files) {
		snprintf(what, sizeof what, "%s", f.what);
		return what;
	}
	walk(files, got, sizeof got);
	snprintf(what, sizeof what, "%s%s",
		disc_files_damage(files) ? disc_files_damage(files) : "", damage);
	disc_files_close(files);
	return what;
}

static void check_wrong(const char *name, const char *wanted)
{
	const char *got = find_wrong();

	if (!tap_ok(*wanted ? strstr(got, wanted) != NULL : !*got, "%s", name))
		tap_note("got: %s, wanted: %s", got, wanted);
	udf_image_clear(&image);
}

/* The walk ends with that failure. */
static void check_walk_fails(const char *name, const char *wanted)
{
	struct fail f = { 0 };
	struct disc_files *files = disc_files_open(&image.blocks, 0, &f);
	struct disc_listing *l = files ? disc_files_list(files, disc_files_root(files), &f) : NULL;

	if (!tap_ok(!l && strstr(f.what, wanted), "%s", name))
		tap_note("got: %s, wanted: %s", f.what, wanted);
	disc_listing_free(l);
	disc_files_close(files);
	udf_image_clear(&image);
}

/* What there is twice is read where the first one is damaged. */
static void check_copies(void)
{
	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	udf_image_block(&image, 256)[0] ^= 1;
	check_wrong("the anchor at the end", "");
	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	udf_image_block(&image, UDF_MAIN + 1)[300] ^= 1;
	check_wrong("the reserve volume descriptors", "");
	udf_image_make(&image, UDF_METADATA, BLOCK_BYTES);
	udf_image_data(&image, UDF_METADATA_MAIN)[100] ^= 1;
	check_wrong("the mirror of the metadata", "");
}

/* Makes a block of the metadata unreadable, or changes all of it. */
static void hurt(uint32_t entry, bool is_unreadable)
{
	uint8_t *block = udf_image_entry(&image, entry);

	if (is_unreadable)
		image.bad_lba = (uint64_t)(block - image.bytes) / BLOCK_BYTES;
	for (size_t i = 0; i < BLOCK_BYTES; i++)
		block[i] ^= 0x55;
}

/* What is recorded twice is read from the mirror, block by block. */
static void check_mirror(void)
{
	char good[4000], got[4000];

	for (int i = -1; i < 2 * UDF_N_ENTRIES; i++) {
		struct fail f = { 0 };
		struct disc_files *files;

		udf_image_make(&image, UDF_METADATA, BLOCK_BYTES);
		udf_image_double(&image);
		if (i >= 0)
			hurt((uint32_t)i / 2, i % 2);
		files = disc_files_open(&image.blocks, 0, &f);
		if (files)
			walk(files, i < 0 ? good : got, sizeof got);
		if (!tap_ok(files && !*damage && !disc_files_damage(files) &&
				    (i < 0 || strcmp(got, good) == 0) &&
				    (disc_files_copied(files) != NULL) == (i >= 0),
			    "metadata recorded twice: block %d of one %s", i / 2,
			    i < 0   ? "is whole"
			    : i % 2 ? "can't be read"
				    : "is damaged"))
			tap_note("%s%s", f.what, damage);
		tap_ok(files && has_runs(files, "hello", (size_t[]){ 1, 1, 2, 1, 1 }, "helo\n") &&
				has_runs(files, "chain", (size_t[]){ BLOCK_BYTES, 5 }, "de"),
			"and the files are the same");
		disc_files_close(files);
		udf_image_clear(&image);
	}
}

/* Without the copy, or where that is damaged too, it is as without a mirror. */
static void check_no_mirror(void)
{
	for (int is_double = 0; is_double < 2; is_double++)
		for (int is_unreadable = 0; is_unreadable < 2; is_unreadable++) {
			udf_image_make(&image, UDF_METADATA, BLOCK_BYTES);
			if (is_double) {
				udf_image_double(&image);
				memset(udf_image_copy(&image, UDF_HELLO), 0, BLOCK_BYTES);
				memset(udf_image_copy(&image, UDF_ROOT_DATA), 0, BLOCK_BYTES);
			}
			hurt(UDF_HELLO, is_unreadable);
			check_wrong(
				"no copy of an entry", "hello: has a file entry that is damaged");
			udf_image_make(&image, UDF_METADATA, BLOCK_BYTES);
			if (is_double) {
				udf_image_double(&image);
				memset(udf_image_copy(&image, UDF_ROOT_DATA), 0, BLOCK_BYTES);
			}
			hurt(UDF_ROOT_DATA, is_unreadable);
			/* where the copy can be read, it is what is damaged */
			check_wrong("no copy of a directory", is_unreadable && !is_double
								      ? ": directory can't be read"
								      : ": directory is damaged");
		}
}

/* A file that goes on in its last block, behind the length of the extent. */
static void check_last_block(void)
{
	uint8_t *entry;

	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	entry = udf_image_entry(&image, UDF_TWO);
	number_put_le64(entry + 56, 2 * BLOCK_BYTES);
	udf_image_seal(entry, 216 + 32);
	check_wrong("what lies in the last block", "");
	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	entry = udf_image_entry(&image, UDF_TWO);
	number_put_le64(entry + 56, 2 * BLOCK_BYTES + 1);
	udf_image_seal(entry, 216 + 32);
	check_wrong("what lies in none", "two: is longer than its recorded extents");
}

static void check_damage(void)
{
	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	memset(udf_image_block(&image, UDF_MAIN), 0, 4 * BLOCK_BYTES);
	memset(udf_image_block(&image, UDF_RESERVE), 0, 4 * BLOCK_BYTES);
	check_wrong("no volume descriptors", "volume descriptors are damaged");
	udf_image_make(&image, UDF_VIRTUAL, BLOCK_BYTES);
	memset(udf_image_data(&image, UDF_PARTITION_BLOCKS - 1), 0, BLOCK_BYTES);
	check_wrong("no virtual allocation table", "virtual allocation table");
	udf_image_make(&image, UDF_SPARABLE, BLOCK_BYTES);
	udf_image_block(&image, UDF_SPARES)[60] ^= 1;
	check_wrong("a damaged sparing table", "sparing table is damaged");
	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	udf_image_block(&image, UDF_MAIN + 1)[440] = 3;
	udf_image_seal(udf_image_block(&image, UDF_MAIN + 1), 446);
	check_wrong("another kind of partition", "partition of an unknown kind is not supported");
	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	udf_image_entry(&image, UDF_ROOT)[50] ^= 1;
	check_wrong("a damaged root", "root directory is damaged");
	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	udf_image_entry(&image, UDF_HELLO)[50] ^= 1;
	check_wrong("a damaged file entry", "hello: has a file entry that is damaged");
	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	udf_image_entry(&image, UDF_ROOT_DATA)[42] ^= 1;
	check_wrong("a damaged record", ": directory is damaged");
	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	image.bad_lba = UDF_FIRST + UDF_ROOT_DATA;
	check_wrong("a directory that can't be read", ": directory can't be read");
}

/* Puts an empty ISO 9660 file system before it. */
static void put_iso9660(void)
{
	uint8_t *descriptors = udf_image_block(&image, 16), *record = descriptors + 156;

	memmove(descriptors + 2 * BLOCK_BYTES, descriptors, 3 * BLOCK_BYTES);
	memcpy(descriptors, "\1CD001\1", 8);
	number_put_le32(descriptors + 80, UDF_BLOCKS);
	number_put_le16(descriptors + 128, BLOCK_BYTES);
	record[0] = 34;
	number_put_le32(record + 2, 40);
	number_put_le32(record + 10, BLOCK_BYTES);
	record[25] = 2;
	record[32] = 1;
	memcpy(descriptors + BLOCK_BYTES, "\377CD001\1", 8);
}

static void check_unreadable_announcement(void)
{
	for (int with_iso9660 = 0; with_iso9660 < 2; with_iso9660++) {
		udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
		if (with_iso9660)
			put_iso9660();
		image.bad_lba = 27;
		check_wrong("an unreadable block behind what announces UDF", "");
		udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
		if (with_iso9660)
			put_iso9660();
		image.bad_lba = with_iso9660 ? 19 : 17;
		check_wrong(
			"that block itself", "a block in which UDF may be announced can't be read");
	}
}

/* What counts against the most that is read of a disc's directories. */
static void check_bytes_read(void)
{
	struct fail f = { 0 };
	struct disc_files *files;
	struct disc_listing *l;

	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	files = disc_files_open(&image.blocks, 0, &f);
	l = files ? disc_files_list(files, disc_files_root(files), &f) : NULL;
	tap_ok(l && l->n_bytes_read < (UDF_N_ENTRIES + 2) * BLOCK_BYTES,
		"a directory counts with its own bytes and one block for each entry");
	disc_listing_free(l);
	disc_files_close(files);
	udf_image_clear(&image);
}

/* A metadata partition within a sparable one whose map comes later. */
static void check_map_order(void)
{
	static const uint32_t sequences[] = { UDF_MAIN, UDF_RESERVE };

	udf_image_make(&image, UDF_METADATA, BLOCK_BYTES);
	for (int i = 0; i < 2; i++) {
		uint8_t *volume = udf_image_block(&image, sequences[i] + 1), *map = volume + 440;

		memmove(map, map + 6, 64);
		memcpy(map + 64, map, 64);
		memset(map + 64 + 4, 0, 32);
		memcpy(map + 64 + 5, "*UDF Sparable Partition", 23);
		memset(map + 64 + 40, 0, 24);
		map[64 + 40] = 32;
		map[64 + 42] = 1;
		number_put_le32(map + 64 + 44, 72);
		number_put_le32(map + 64 + 48, UDF_SPARES);
		number_put_le32(volume + 264, 128);
		udf_image_seal(volume, 440 + 128);
	}
	check_wrong("a sparable partition map behind the one that needs it", "UDF");
}

/* Two names that take more than 255 bytes here, and differ behind those. */
static void check_long_names(void)
{
	enum { FIRST = 216 + 40, NAME_BYTES = 1 + 2 * 125, RECORD = 292 };
	uint8_t *entry;
	char got[4000];
	struct fail f = { 0 };
	struct disc_files *files;
	const char *first, *second;

	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	entry = udf_image_entry(&image, UDF_SUB);
	memcpy(entry + FIRST + RECORD, entry + FIRST, 38);
	for (int i = 0; i < 2; i++) {
		uint8_t *at = entry + FIRST + i * RECORD;

		at[19] = NAME_BYTES;
		at[38] = 16;
		for (int c = 0; c < 125; c++)
			memcpy(at + 39 + 2 * c, c < 124 ? "\x65\xe5" : i ? "\0b" : "\0a", 2);
		udf_image_seal(at, RECORD);
	}
	number_put_le64(entry + 56, 40 + 2 * RECORD);
	number_put_le32(entry + 212, 40 + 2 * RECORD);
	udf_image_seal(entry, 216 + 40 + 2 * RECORD);
	files = disc_files_open(&image.blocks, 0, &f);
	if (files)
		walk(files, got, sizeof got);
	first = files ? strstr(got, "sub/") : NULL;
	second = first ? strstr(first + 4, "sub/") : NULL;
	if (!tap_ok(second && strcspn(first, "\n") <= 4 + 255 &&
			    strstr(damage, "too long; it is shortened") &&
			    !strstr(damage, "listed twice"),
		    "long names that begin alike stay two"))
		tap_note("%s%s", got, damage);
	disc_files_close(files);
	udf_image_clear(&image);
}

/* What lies beyond the end takes nothing from what lies before it. */
static void check_cut(void)
{
	struct disc_listing *holder = NULL;
	const struct disc_node *two;
	struct disc_files *files;
	uint8_t *entry;

	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	entry = udf_image_entry(&image, UDF_TWO);
	number_put_le32(entry + 216 + 16 + 4, 4000000000u);
	udf_image_seal(entry, 216 + 32);
	files = disc_files_open(&image.blocks, 0, NULL);
	two = files ? disc_files_find(files, "two", &holder, NULL) : NULL;
	tap_ok(two && two->is_cut && !disc_node_is_lost(two, image.blocks.n_blocks) &&
			disc_node_bytes_there(two, image.blocks.n_blocks) == BLOCK_BYTES,
		"the second extent beyond the end: the first one is there");
	disc_listing_free(holder);
	disc_files_close(files);
	udf_image_clear(&image);
}

/* Discs that want to keep us busy, or have more than there is. */
static void check_hostile(void)
{
	uint8_t *entry;

	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	entry = udf_image_entry(&image, UDF_CHAIN);
	number_put_le64(entry + 56, UINT64_MAX / 2);
	udf_image_seal(entry, 176 + 32);
	entry = udf_image_entry(&image, UDF_CHAIN_MORE);
	number_put_le32(entry + 24, 3u << 30 | BLOCK_BYTES);
	number_put_le32(entry + 28, UDF_CHAIN_MORE);
	udf_image_seal(entry, 40);
	check_wrong(
		"extents that lead to themselves", "chain: is longer than its recorded extents");

	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	/* "sub" is the root */
	entry = udf_image_entry(&image, UDF_ROOT_DATA);
	for (size_t at = 0; at < 500; at += 4)
		if (number_le16(entry + at) == 257 && number_le32(entry + at + 24) == UDF_SUB) {
			number_put_le32(entry + at + 24, UDF_ROOT);
			udf_image_seal(entry + at, 44);
		}
	check_wrong("a directory in itself", "sub: directory loop");

	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	entry = udf_image_entry(&image, UDF_TWO);
	number_put_le32(entry + 216 + 4, 4000000000u);
	udf_image_seal(entry, 216 + 32);
	check_wrong("an extent beyond the end", "two: lies beyond the end of the medium");

	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	entry = udf_image_entry(&image, UDF_ROOT);
	number_put_le32(entry + 176, 0x3fffffff);
	number_put_le64(entry + 56, 0x3fffffff);
	udf_image_seal(entry, 176 + 8);
	check_wrong("a directory of 1 GiB", "lies beyond the end of the medium");

	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	entry = udf_image_entry(&image, UDF_TWO);
	number_put_le16(entry + 216 + 8, 65535);
	udf_image_seal(entry, 216 + 32);
	check_wrong("an extent of another partition", "two: lies in a block that the volume lacks");

	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	entry = udf_image_entry(&image, UDF_HELLO);
	number_put_le32(entry + 168, UINT32_MAX - 4);
	udf_image_seal(entry, 182);
	check_wrong("attributes beyond the entry", "hello: has a damaged file entry");
}

/* A file whose entry leads to itself, by 1500 names: it takes 6 GB to follow all. */
static void check_long_chain(void)
{
	enum { NAMES = 1500, NAME_BYTES = 44, AT = 150 };
	uint8_t *entry, *names_at;
	uint32_t n_bytes = NAMES * NAME_BYTES;

	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	entry = udf_image_entry(&image, UDF_HELLO);
	number_put_le16(entry + 20, 4096);
	udf_image_seal(entry, 182);
	entry = udf_image_entry(&image, UDF_HELLO + 1);
	memset(entry, 0, BLOCK_BYTES);
	number_put_le16(entry, 259);
	number_put_le16(entry + 2, 3);
	number_put_le32(entry + 12, UDF_HELLO + 1);
	number_put_le32(entry + 36, BLOCK_BYTES);
	number_put_le32(entry + 40, UDF_HELLO);
	udf_image_seal(entry, 52);
	names_at = udf_image_data(&image, AT);
	for (int i = 0; i < NAMES; i++) {
		/* the record of "hello" is the second one */
		memcpy(names_at + i * NAME_BYTES, udf_image_entry(&image, UDF_ROOT_DATA) + 40,
			NAME_BYTES);
		snprintf((char *)names_at + i * NAME_BYTES + 39, 6, "%05d", i);
		udf_image_seal(names_at + i * NAME_BYTES, NAME_BYTES);
	}
	entry = udf_image_entry(&image, UDF_ROOT);
	number_put_le64(entry + 56, n_bytes);
	number_put_le32(entry + 176, n_bytes);
	number_put_le32(entry + 180, AT);
	udf_image_seal(entry, 176 + 8);
	check_walk_fails("entries that lead to themselves", "would need more than 2048 MiB");
}

/* As mkudffs -b 8192 makes it. */
static void check_large_blocks(void)
{
	struct fail f = { 0 };

	udf_image_make(&image, UDF_PHYSICAL, 4 * BLOCK_BYTES);
	tap_ok(!disc_files_open(&image.blocks, 0, &f) && f.is_unsupported &&
			strstr(f.what, "blocks of 8192 bytes, which is not supported"),
		"too large blocks are no damage: %s", f.what);
	udf_image_clear(&image);
}

/* Files of 4 GiB and more, by what a directory record of ISO 9660 has of them. */
static void check_large_files(void)
{
	struct disc_extent at[3][2] = { { { .lba = 900, .n_bytes = 3u << 30 },
						{ .lba = 700, .n_bytes = 2u << 30 } },
		{ { .lba = 500, .n_bytes = 3u << 30 },
			{ .lba = 800, .n_bytes = 2u << 30, .skip = 512 } },
		{ { .lba = 300, .n_bytes = 3u << 30 }, { .lba = 600, .n_bytes = 2u << 30 } } };
	struct large_files l = { .memory.granted = 1 << 20 };
	struct fail f = { 0 };

	for (int i = 0; i < 3; i++) {
		struct disc_node node = {
			.n_bytes = (uint64_t)5 << 30, .extents = at[i], .n_extents = 2
		};

		large_files_add(&l, &node, &f);
	}
	large_files_sort(&l);
	tap_ok(large_files_find(&l, 900, 1u << 30) && large_files_find(&l, 300, 1u << 30),
		"large files are found");
	tap_ok(!large_files_find(&l, 900, 2u << 30) && !large_files_find(&l, 700, 1u << 30),
		"of that size and place");
	tap_ok(!large_files_find(&l, 500, 1u << 30), "but none that begins within a block");
	large_files_clear(&l);
}

static char owner[100];

static void take_owner(void *ctx, const struct block_range *range, const char *path)
{
	(void)ctx;
	(void)range;
	snprintf(owner, sizeof owner, "%s", path);
}

static void check_owner(uint32_t lba, const char *wanted, bool has_structure)
{
	struct block_range range = { .lba = lba, .n_blocks = 1 };
	struct fail f = { 0 };

	owner[0] = '\0';
	tap_ok(block_owners_find(&image.blocks, 0, &range, 1, take_owner, NULL, &f) == 0 &&
			strcmp(owner, wanted) == 0 && range.has_structure == has_structure,
		"block %u is that of \"%s\"", lba, wanted);
}

static void check_owners(void)
{
	udf_image_make(&image, UDF_PHYSICAL, BLOCK_BYTES);
	check_owner(UDF_FIRST + UDF_DATA + 30, "/chain", false);
	check_owner(UDF_FIRST + UDF_ROOT, "/", true);
	check_owner(UDF_FIRST + UDF_ROOT_DATA, "", true);
	check_owner(UDF_FIRST + UDF_CHAIN, "", true);
	check_owner(UDF_MAIN + 1, "", true);
	check_owner(UDF_FIRST + UDF_DATA + 50, "", false);
	udf_image_clear(&image);
}

int main(void)
{
	tap_enter_folder("/tmp");
	for (int kind = UDF_PHYSICAL; kind <= UDF_METADATA; kind++) {
		check_good((enum udf_partition_kind)kind, BLOCK_BYTES);
		if (kind == UDF_PHYSICAL)
			check_by_others();
		udf_image_clear(&image);
	}
	check_good(UDF_PHYSICAL, 512);
	udf_image_clear(&image);
	check_good(UDF_PHYSICAL, 4096);
	udf_image_clear(&image);
	check_copies();
	check_mirror();
	check_no_mirror();
	check_last_block();
	check_damage();
	check_unreadable_announcement();
	check_bytes_read();
	check_map_order();
	check_long_names();
	check_cut();
	check_hostile();
	check_long_chain();
	check_large_files();
	check_large_blocks();
	check_owners();
	return tap_done();
}
