/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks over small discs made by hand, with everything wrong that a disc can have: what is found
 * damaged, and that it does not hide the rest. */
#include "iso/disc_walk.h"

#include <stdio.h>
#include <string.h>

#include "iso/descriptors.h"
#include "iso/disc_pattern.h"
#include "lib/small_disc.h"
#include "lib/tap.h"
#include "util/number.h"

/* What a walk found: all paths with their blocks, one a line, and the first damage. */
static char found[65536], damaged[5000];

static void take_damage(void *ctx, const char *path, const char *what)
{
	(void)ctx;
	if (!*damaged)
		snprintf(damaged, sizeof damaged, "/%s: %s", path, what);
}

static void take_node(
	const struct disc_walk *walk, uint32_t directory, const struct disc_node *node)
{
	size_t n = strlen(found);

	snprintf(found + n, sizeof found - n, "%s %u\n",
		disc_walk_path(walk, directory, node->name),
		node->n_extents ? node->extents->lba : 0);
}

/* Walks all of a disc. 0, or -1 with f filled. */
static int walk_disc(struct block_reader *blocks, struct fail *f)
{
	struct disc_files *files;
	struct disc_walk walk;
	struct disc_walk_step step;
	int next = -1;

	*f = (struct fail){ 0 };
	*found = *damaged = '\0';
	files = disc_files_open(blocks, 0, f);
	if (!files)
		return -1;
	if (disc_files_damage(files))
		snprintf(damaged, sizeof damaged, "/: %s", disc_files_damage(files));
	if (disc_walk_open(&walk, files, take_damage, NULL, f) == 0 &&
		disc_walk_add(&walk, "", f) == 0)
		while ((next = disc_walk_next(&walk, &step, f)) > 0)
			for (size_t i = 0; i < step.listing->n_nodes; i++)
				take_node(&walk, step.directory, step.listing->nodes[i]);
	disc_walk_close(&walk);
	disc_files_close(files);
	return next;
}

static bool finds(const char *line)
{
	const char *at = strstr(found, line);

	return at && (at == found || at[-1] == '\n') && at[strlen(line)] == '\n';
}

/* Names in continuation areas, of more than one piece, with bytes that no name can have. */
static void test_names(void)
{
	static const uint8_t ce[] = "NM\7\1\1lo"
				    "CE\34\1\26\0\0\0\0\0\0\0\20\0\0\0\0\0\0\0"
				    "\13\0\0\0\0\0\0\0";
	static const uint8_t slash[] = "NM\11\1\0a/\0\377";
	struct fail f;

	small_disc_start(true);
	put_record(disc[ROOT], &root_end, "X", 1, 35, 1, 0, ce, sizeof ce - 1);
	put_record(disc[ROOT], &root_end, "Y", 1, 36, 1, 0, slash, sizeof slash - 1);
	memcpy(disc[AREA] + 16, "NM\13\1\0ng\n;1x", 11);
	tap_ok(walk_disc(&small_disc, &f) == 0 && finds("long\n;1x 35"), "a name of two pieces: %s",
		f.what);
	tap_ok(finds("a__\377 36") && strstr(damaged, "a slash or a NUL byte"),
		"a name with a slash and a NUL: %s", damaged);
}

/* The fields stand behind 14 bytes of CD-XA's, or behind as many as the first of them says. */
static void test_skips(void)
{
	static const uint8_t xa[] = "\0\0\0\0\15UXA\0\0\0\0\0\0SP\7\1\276\357\16"
				    "ER\22\1\12\0\0\1IEEE_P1282";
	static const uint8_t name[] = "\0\0\0\0\15UXA\0\0\0\0\0\0NM\11\1\0long";
	struct fail f;

	small_disc_start(true);
	root_end = 0;
	put_record(disc[ROOT], &root_end, "", 1, ROOT, BLOCK_BYTES, 2, xa, sizeof xa - 1);
	put_record(disc[ROOT], &root_end, "X", 1, 35, 1, 0, name, sizeof name - 1);
	tap_ok(walk_disc(&small_disc, &f) == 0 && finds("long 35") && !*damaged,
		"a name behind CD-XA's attributes: %s", found);
	disc[ROOT][34 + 20] = 5;
	memcpy(disc[ROOT] + root_end - 23 + 5, name + 14, 9);
	tap_ok(walk_disc(&small_disc, &f) == 0 && finds("long 35") && !*damaged,
		"a name behind as many bytes as are said: %s", found);
	disc[ROOT][34 + 20] = 200;
	tap_ok(walk_disc(&small_disc, &f) == 0 && finds("X 35") && !*damaged,
		"more bytes than there are: %s", found);
}

/* The resource fork of "A", in two parts, before and behind the file itself. */
static void test_associated(void)
{
	struct fail f;

	small_disc_start(false);
	put_root("A.;1", 60, BLOCK_BYTES, 0x84);
	put_root("A.;1", 62, 1, 4);
	put_root("B.;1", 61, 1, 4);
	put_root("B.;1", 33, 1, 0);
	put_root("alone", 61, 1, 4);
	put_dir("dir", DIR, BLOCK_BYTES, 6);
	tap_ok(walk_disc(&small_disc, &f) == 0 && finds("A 30") && finds("B 33") &&
			!strstr(found, " 6") && !strstr(found, "alone"),
		"associated files are not listed: %s", found);
	tap_ok(strstr(damaged, "/D/dir: ") == damaged, "a directory is never one: %s", damaged);
	small_disc_start(false);
	put_root("B.;1", 60, BLOCK_BYTES, 0x84);
	put_root("B.;1", 33, 1, 0);
	tap_ok(walk_disc(&small_disc, &f) == 0 && finds("B 33") && !*damaged,
		"a file is no part of its resource fork %s", damaged);
}

static void no_primary(void)
{
	disc[16][0] = 2;
}

static void late_primary(void)
{
	memcpy(disc[32], disc[16], BLOCK_BYTES);
	memset(disc[16], 0, 2 * BLOCK_BYTES);
}

static void garbage(void)
{
	memset(disc, 0xa5, sizeof disc);
}

static void zeros(void)
{
	memset(disc, 0, sizeof disc);
}

static void announce_more(void)
{
	number_put_le32(disc[16] + 80, DISC_BLOCKS + DESCRIPTORS_PADDING_BLOCKS + 1);
}

static void block_size(void)
{
	disc[16][129] = 2;
}

static void unreadable_primary(void)
{
	bad_block = 16;
}

static const struct {
	const char *name;
	void (*spoil)(void);
	const char *what;
} refusals[] = {
	{ "no primary descriptor", no_primary, "no ISO 9660 file system" },
	{ "a primary descriptor behind the area", late_primary, "no ISO 9660 file system" },
	{ "garbage", garbage, "no ISO 9660 file system" },
	{ "zeros", zeros, "no ISO 9660 file system" },
	{ "blocks of 512 bytes", block_size, "logical blocks of 512 bytes" },
	{ "a primary descriptor that can't be read", unreadable_primary, "can't be read" },
};

static void unreadable_descriptor(void)
{
	bad_block = 17;
}

/* Before a good terminator. */
static void bad_supplementary(void)
{
	memcpy(disc[18], disc[17], BLOCK_BYTES);
	memcpy(disc[17], "\2CD0\1\1\1", 7);
}

static void circle(void)
{
	put_dir("up", ROOT, BLOCK_BYTES, 2);
}

static void itself(void)
{
	put_dir("self", DIR, BLOCK_BYTES, 2);
}

static void twice(void)
{
	put_root("E", DIR, BLOCK_BYTES, 2);
}

static void absurd(void)
{
	put_root("E", 22, UINT32_MAX, 2);
}

static void far_directory(void)
{
	put_root("E", UINT32_MAX, BLOCK_BYTES, 2);
}

static void far_file(void)
{
	put_root("F", 60, 5 * BLOCK_BYTES, 0);
}

static void far_attributes(void)
{
	put_root("F", UINT32_MAX, 1, 0)[1] = 2;
}

static void long_record(void)
{
	while (dir_end < BLOCK_BYTES - 40)
		put_dir("R", 51, 1, 0);
	disc[DIR][dir_end - 34] = 255;
}

static void short_record(void)
{
	put_root("R", 51, 1, 0)[0] = 20;
}

static void long_name(void)
{
	put_root("R", 51, 1, 0)[32] = 200;
}

static void unreadable(void)
{
	bad_block = DIR;
}

static void interleaved(void)
{
	put_root("I", 52, 1, 0)[27] = 1;
}

static void put_fields(const char *fields, size_t n)
{
	small_disc_start(true);
	put_record(disc[ROOT], &root_end, "R", 1, 51, 1, 0, fields, n);
}

static void long_field(void)
{
	put_fields("NM\377\1\0a", 6);
}

static void zero_field(void)
{
	put_fields("NM\0\1\0a", 6);
}

static const char ce[] = "CE\34\1\26\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\34\0\0\0\0\0\0\0";

static void ce_circle(void)
{
	put_fields(ce, sizeof ce - 1);
	memcpy(disc[AREA], ce, sizeof ce - 1);
}

static void ce_far(void)
{
	put_fields(ce, sizeof ce - 1);
	number_put_le32(disc[ROOT] + root_end - 24, UINT32_MAX);
}

static void ce_huge(void)
{
	put_fields(ce, sizeof ce - 1);
	number_put_le32(disc[ROOT] + root_end - 8, UINT32_MAX);
}

static void ce_far_offset(void)
{
	put_fields(ce, sizeof ce - 1);
	number_put_le32(disc[ROOT] + root_end - 16, UINT32_MAX);
}

static void moved_to_root(void)
{
	put_fields("CL\14\1\24\0\0\0\0\0\0\0", 12);
}

static void moved_to_file(void)
{
	put_fields("CL\14\1\36\0\0\0\0\0\0\0", 12);
}

static void moved_far(void)
{
	put_fields("CL\14\1\377\377\377\377\0\0\0\0", 12);
}

/* What does not hide the rest of the disc. */
static const struct {
	const char *name;
	void (*spoil)(void);
	const char *path, *what;
} damages[] = {
	{ "a cut disc", announce_more, "/", "records 215 blocks, but the medium has only 64" },
	{ "a descriptor that can't be read", unreadable_descriptor, "/", "block 17 can't be read" },
	{ "a bad supplementary one", bad_supplementary, "/", "descriptor in block 17 is damaged" },
	{ "a circle", circle, "/D/up", "directory loop" },
	{ "a directory in itself", itself, "/D/self", "directory loop" },
	{ "a directory that is there twice", twice, "/D", "twice" },
	{ "a directory of 4 GiB", absurd, "/E", "beyond the end of the medium" },
	{ "a directory behind the end", far_directory, "/E", "beyond the end of the medium" },
	{ "a file behind the end", far_file, "/F", "beyond the end of the medium" },
	{ "a number that runs over", far_attributes, "/", "directory is damaged" },
	{ "a record behind its block", long_record, "/D", "directory is damaged" },
	{ "a record too short", short_record, "/", "directory is damaged" },
	{ "a name too long", long_name, "/", "directory is damaged" },
	{ "a directory that can't be read", unreadable, "/D", "can't be read" },
	{ "an interleaved file", interleaved, "/I", "interleaved" },
	{ "a field too long", long_field, "/R", "damaged directory record" },
	{ "a field of no length", zero_field, "/R", "damaged directory record" },
	{ "continuations in a circle", ce_circle, "/R", "damaged directory record" },
	{ "a continuation behind the end", ce_far, "/R", "damaged directory record" },
	{ "a continuation of 4 GiB", ce_huge, "/R", "damaged directory record" },
	{ "a continuation at 4 GiB", ce_far_offset, "/R", "damaged directory record" },
	{ "a moved directory that is the root", moved_to_root, "/R", "directory loop" },
	{ "a moved directory that is a file", moved_to_file, "/R",
		"relocated directory not found" },
	{ "a moved directory behind the end", moved_far, "/R", "relocated directory not found" },
};

static void test_refusals(void)
{
	struct fail f;

	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		int result;

		small_disc_start(false);
		refusals[i].spoil();
		result = walk_disc(&small_disc, &f);
		tap_ok(result < 0 && f.code == FAIL_FAILED && strstr(f.what, refusals[i].what),
			"%s: %s", refusals[i].name, f.what);
	}
}

static void test_damage(void)
{
	struct fail f;

	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		char path[100];
		int result;

		small_disc_start(false);
		damages[i].spoil();
		result = walk_disc(&small_disc, &f);
		snprintf(path, sizeof path, "%s: ", damages[i].path);
		tap_ok(result == 0 && strncmp(damaged, path, strlen(path)) == 0 &&
				strstr(damaged, damages[i].what),
			"%s: %s", damages[i].name, result ? f.what : damaged);
		tap_ok(finds("A 30"), "%s: a file in the root is found", damages[i].name);
		if (damages[i].spoil != unreadable)
			tap_ok(finds("D/C 50") || finds("E/C 50"), "%s: one below is found",
				damages[i].name);
	}
}

static void other_bytes(void)
{
	static const struct {
		size_t from, n;
	} ignored[] = { { 6, 74 }, { 84, 44 }, { 130, 10 }, { 190, 1858 } };

	for (int block = 16; block < 18; block++)
		for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
			for (size_t j = 0; j < ignored[i].n; j++)
				disc[block][ignored[i].from + j] = (uint8_t)(j * 151 + 7);
	/* the root's record: its extent, by the low bytes, is all that is looked at */
	memset(disc[16] + 162, 0xa5, 28);
	disc[16][156] = 0;
	memset(disc[16] + 132, 0xa5, 24);
}

static void no_end(void)
{
	memset(disc[17], 0xa5, BLOCK_BYTES);
}

static void endless(void)
{
	for (int i = 17; i < ROOT; i++)
		memcpy(disc[i], "\3CD001\1", 7);
}

/* What stands where the path table does is no descriptor. */
static void table_there(void)
{
	disc[17][0] = 3;
	number_put_le32(disc[16] + 132, 10);
	number_put_le32(disc[16] + 140, 18);
	memcpy(disc[18], disc[16], BLOCK_BYTES);
	disc[18][156 + 2] = 60;
}

static void put_joliet(uint8_t *block, uint32_t root)
{
	memcpy(block, disc[16], BLOCK_BYTES);
	block[0] = 2;
	memcpy(block + 88, "%/E", 3);
	number_put_le32(block + 156 + 2, root);
}

/* A boot record, an unknown one, a supplementary one that is not Joliet's, a partition. */
static void others_first(void)
{
	memcpy(disc[19], disc[16], BLOCK_BYTES);
	put_joliet(disc[18], ROOT);
	disc[18][88] = 0;
	memcpy(disc[16], "\0CD001\1EL TORITO", 16);
	memset(disc[17], 0, BLOCK_BYTES);
}

static void joliet_first(void)
{
	small_disc_start(true);
	memcpy(disc[17], disc[16], BLOCK_BYTES);
	put_joliet(disc[16], ROOT);
	memcpy(disc[18], "\377CD001\1", 7);
}

static void one_block_less(void)
{
	number_put_le32(disc[16] + 80, DISC_BLOCKS + 1);
}

static void small_space(void)
{
	number_put_le32(disc[16] + 80, 0);
}

/* Zeros up to the end of the block, odd lengths, names of no length, bytes behind the name. */
static void other_records(void)
{
	uint8_t *r;

	put_record(disc[ROOT], &root_end, "E", 1, 40, 1, 0, "\1\2\3", 3);
	put_record(disc[ROOT], &root_end, "FF", 2, 41, 1, 0, "\1\2\3\4\5\6\7", 7);
	r = put_record(disc[ROOT], &root_end, "GG", 2, 42, 1, 0, "", 0);
	r[0]--;
	root_end--;
	put_record(disc[ROOT], &root_end, "H", 1, 43, 1, 0, "", 0);
}

/* Bytes in a record that the kernel does not look at: the high byte first, flags, the unit of an
 * interleaved file without gaps, the volume's number. */
static void other_fields(void)
{
	uint8_t *r = put_root("I", 52, 1, 0x79);

	memset(r + 6, 0xa5, 4);
	memset(r + 14, 0xa5, 4);
	r[26] = 1;
	memset(r + 28, 0xa5, 4);
}

static void no_directory_size(void)
{
	number_put_le32(disc[ROOT] + root_end - 34 + 10, 0);
	number_put_le32(disc[16] + 156 + 10, 0);
}

/* What readers take that look at no more than the kernel does, with nothing said about it. */
static const struct {
	const char *name;
	void (*change)(void);
	const char *finds;
} oddities[] = {
	{ "other bytes in the descriptors", other_bytes, "D 21" },
	{ "descriptors without an end", no_end, "D 21" },
	{ "descriptors up to the root", endless, "D 21" },
	{ "descriptors up to the path table", table_there, "D 21" },
	{ "a primary descriptor behind others", others_first, "D 21" },
	{ "a primary descriptor behind Joliet's", joliet_first, "D 21" },
	{ "one block less than is recorded", one_block_less, "D 21" },
	{ "no volume space", small_space, "D 21" },
	{ "records of other lengths", other_records, "H 43" },
	{ "a name of two bytes without padding", other_records, "GG 42" },
	{ "other bytes in a record", other_fields, "I 52" },
	{ "directories of no length but in \".\"", no_directory_size, "D 21" },
};

static void test_oddities(void)
{
	struct fail f;

	for (size_t i = 0; i < sizeof oddities / sizeof *oddities; i++) {
		int result;

		small_disc_start(false);
		oddities[i].change();
		result = walk_disc(&small_disc, &f);
		tap_ok(result == 0 && !*damaged, "%s: %s", oddities[i].name,
			result ? f.what : damaged);
		tap_ok(finds("A 30") && finds("D/C 50") && finds(oddities[i].finds),
			"%s: all is found", oddities[i].name);
		tap_ok(descriptors_recognise(disc[16], DESCRIPTORS_BYTES).is_iso9660,
			"%s: and the disc is recognised", oddities[i].name);
	}
}

/* What has its name in Rock Ridge only. */
static void test_no_plain_name(void)
{
	static const uint8_t name[] = "\0NM\11\1\0long";
	struct fail f;
	uint8_t *r;

	small_disc_start(true);
	r = put_record(disc[ROOT], &root_end, "", 0, 35, 1, 0, name + 1, sizeof name - 2);
	tap_ok(r[32] == 0 && walk_disc(&small_disc, &f) == 0 && finds("long 35") && !*damaged,
		"a record without a plain name: %s%s", found, damaged);
}

/* Files that Joliet's tree has alone: behind an empty one, or without a primary descriptor. */
static void test_joliet_alone(void)
{
	struct fail f;
	size_t end = 0;

	for (int has_primary = 0; has_primary < 2; has_primary++) {
		small_disc_start(true);
		memcpy(disc[18], disc[17], BLOCK_BYTES);
		put_joliet(disc[17], DIR);
		if (!has_primary)
			memcpy(disc[16], "\0CD001\1", 7);
		memset(disc[ROOT] + 2 * 34 + 25, 0, BLOCK_BYTES - 2 * 34 - 25);
		memset(disc[DIR], 0, BLOCK_BYTES);
		end = 0;
		put_record(disc[DIR], &end, "", 1, DIR, BLOCK_BYTES, 2, "", 0);
		put_record(disc[DIR], &end, "\1", 1, DIR, BLOCK_BYTES, 2, "", 0);
		put_record(disc[DIR], &end, "\0J\0!", 4, 33, 1, 0, "", 0);
		tap_ok(walk_disc(&small_disc, &f) == 0 && finds("J! 33") && !*damaged,
			"files in Joliet's tree, %s primary descriptor: %s%s",
			has_primary ? "with a" : "without a", found, f.what);
		tap_ok(descriptors_recognise(disc[16], DESCRIPTORS_BYTES).is_iso9660,
			"and the disc is recognised");
	}
}

/* A further session, in which "/D" of the first is all that there is; then one of other data. */
static void test_session(void)
{
	enum { SESSION = 40 };
	struct fail f;
	size_t end = 0;

	small_disc_start(false);
	memcpy(disc[SESSION + 16], disc[16], BLOCK_BYTES);
	memcpy(disc[SESSION + 17], disc[17], BLOCK_BYTES);
	number_put_le32(disc[SESSION + 16] + 80, DISC_BLOCKS - SESSION);
	number_put_le32(disc[SESSION + 16] + 156 + 2, SESSION + 18);
	put_record(disc[SESSION + 18], &end, "", 1, SESSION + 18, BLOCK_BYTES, 2, "", 0);
	put_record(disc[SESSION + 18], &end, "\1", 1, SESSION + 18, BLOCK_BYTES, 2, "", 0);
	put_record(disc[SESSION + 18], &end, "D", 1, DIR, BLOCK_BYTES, 2, "", 0);
	tap_ok(walk_disc(&small_disc, &f) == 0 && finds("A 30"), "an image begins with the first");
	small_disc.session_lba = SESSION;
	tap_ok(descriptors_start(&small_disc) == SESSION && walk_disc(&small_disc, &f) == 0 &&
			finds("D/C 50") && !finds("A 30") && !*damaged,
		"of a drive the last session is read: %s%s", found, damaged);
	memset(disc[SESSION + 16], 0xa5, BLOCK_BYTES);
	tap_ok(descriptors_start(&small_disc) == 0 && walk_disc(&small_disc, &f) == 0 &&
			finds("A 30") && !*damaged,
		"but one that has no file system is not: %s%s", found, damaged);
	small_disc.session_lba = DISC_BLOCKS + 1;
	tap_ok(walk_disc(&small_disc, &f) == 0 && finds("A 30"), "nor one beyond the medium");
	small_disc.session_lba = 0;
}

/* A disc of any size: descriptors and the root's blocks, which are all alike. */
static int read_huge(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	(void)ctx;
	(void)f;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t from = lba + i < ROOT ? lba + i : ROOT;

		memcpy(buf + (size_t)i * BLOCK_BYTES, disc[from], BLOCK_BYTES);
	}
	return 0;
}

static void test_huge(void)
{
	struct block_reader blocks = { .read = read_huge, .n_blocks = 1 << 24 };
	struct fail f;
	int result;

	small_disc_start(false);
	for (char name[] = "a"; *name <= 'z'; ++*name)
		put_root(name, 60, 1, 0);
	number_put_le32(disc[ROOT] + 10, 100000u * BLOCK_BYTES);
	result = walk_disc(&blocks, &f);
	tap_ok(result < 0 && strstr(f.what, "needs more than 24 MiB of memory"),
		"too many names: %s", f.what);
}

static void test_pattern(void)
{
	struct disc_files *files;
	struct disc_walk walk;
	struct fail f = { 0 };
	bool is_added;
	unsigned long clock;

	small_disc_start(false);
	files = disc_files_open(&small_disc, 0, &f);
	if (!tap_ok(files && disc_walk_open(&walk, files, NULL, NULL, &f) == 0, "opened"))
		return;
	is_added = disc_pattern_add(&walk, "*", &f) == 0;
	tap_ok(is_added && walk.n_waiting == 2, "what is below a match is not added again");
	clock = walk.clock;
	tap_ok(disc_walk_add(&walk, "D", &f) == 0 && walk.n_directories == 2,
		"a directory that is known is known");
	tap_ok(walk.clock == clock, "and nothing is read to find it");
	disc_walk_close(&walk);
	disc_files_close(files);
}

int main(void)
{
	test_names();
	test_skips();
	test_associated();
	test_refusals();
	test_damage();
	test_oddities();
	test_no_plain_name();
	test_joliet_alone();
	test_session();
	test_huge();
	test_pattern();
	return tap_done();
}
