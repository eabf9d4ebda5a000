/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File systems read back: which file lies where, in images of our own trees, of xorriso and
 * genisoimage, and in small ones made by hand with everything wrong that a disc can have. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drain.h"
#include "image/file_system.h"
#include "image/plain_source.h"
#include "image/tree.h"
#include "tap.h"
#include "util/io.h"
#include "util/sector.h"

enum { ALL = 1 << 30 };

static char folder[] = "/tmp/xburncrypt-fs.XXXXXX";

/* The paths that were found, one a line. */
static char found_paths[65536];

static void take(void *ctx, const char *path)
{
	size_t n = strlen(found_paths);

	(void)ctx;
	snprintf(found_paths + n, sizeof found_paths - n, "%s\n", path);
}

static struct file_system_range look(const struct file_system *fs, uint64_t lba, uint64_t n)
{
	found_paths[0] = '\0';
	return file_system_files_at(fs, lba, n, take, NULL);
}

static bool finds(const char *path)
{
	char line[5000], all[sizeof found_paths + 1];

	snprintf(line, sizeof line, "\n%s\n", path);
	snprintf(all, sizeof all, "\n%s", found_paths);
	return strstr(all, line);
}

static struct file_system *open_image(const char *name, struct fail *f)
{
	struct block_reader *blocks;
	struct file_system *fs = NULL;

	*f = (struct fail){ 0 };
	blocks = block_reader_open_file(name, f);
	if (blocks)
		fs = file_system_open(blocks, f);
	block_reader_free(blocks);
	return fs;
}

/* A file of n bytes, all blocks of which start with its name. */
static void put_file(const char *name, size_t n)
{
	char block[BLOCK_BYTES] = "";
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	snprintf(block, sizeof block, "contents of %s", name);
	for (size_t at = 0; at < n; at += BLOCK_BYTES)
		if (io_write_full(fd, block, n - at < BLOCK_BYTES ? n - at : BLOCK_BYTES))
			exit(1);
	close(fd);
}

/* Writes an image of the folder, and checks it while the tree is still there. */
static void with_tree(const char *source, const char *name, void (*check)(const char *name))
{
	struct tree_spec spec = { .sources = &source, .n_sources = 1 };
	struct fail f = { 0 };
	struct report report = { 0 };
	struct tree *t = tree_new(&spec, NULL, &f);
	struct burn_source *s = tree_source_new(t, &report, &f);
	struct drained d = drain(s, &report, CHUNK_BYTES, ALL);
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	tap_ok(d.is_orderly && io_write_full(fd, d.bytes, d.n_bytes) == 0, "%s is made", name);
	close(fd);
	check(name);
	plain_source_free(s);
	tree_free(t);
	free(d.bytes);
}

/* Each block of the image that starts with "contents of NAME" has to be in the file of that name,
 * and no other block in any file. */
static void check_contents(const char *name)
{
	struct fail f;
	struct file_system *fs = open_image(name, &f);
	size_t n_right = 0, n_wrong = 0, n_blocks = 0;
	char block[BLOCK_BYTES];
	int fd = open(name, O_RDONLY);

	tap_ok(fs && !file_system_damage(fs), "%s is opened: %s", name, f.what);
	for (; fs && io_read_full(fd, block, sizeof block) == sizeof block; n_blocks++) {
		struct file_system_range range = look(fs, n_blocks, 1);
		bool is_content = strncmp(block, "contents of ", 12) == 0;

		block[sizeof block - 1] = '\0';
		/* ".../tree/a/b" is "/a/b" on the disc */
		if (is_content && range.n_files && finds(block + 12 + strlen("tree")))
			n_right++;
		else if (is_content || range.n_files)
			n_wrong++;
	}
	close(fd);
	tap_ok(n_right >= 200 && n_wrong == 0, "%s: %zu blocks are in the right file, %zu not",
		name, n_right, n_wrong);
	if (fs) {
		struct file_system_range range = look(fs, 0, n_blocks);

		tap_ok(finds("/a/") && finds("/") && range.n_directories >= 15 &&
				range.has_structure,
			"%s: the directories are found too", name);
		look(fs, n_blocks, 1000);
		tap_ok(!*found_paths, "%s: nothing lies behind the end", name);
	}
	file_system_close(fs);
}

static void make_tree(void)
{
	char path[2000] = "tree", name[300];

	tap_run("mkdir -p tree/a tree/many");
	put_file("tree/first", 3 * BLOCK_BYTES);
	put_file("tree/a/odd", 5000);
	put_file("tree/empty", 0);
	tap_run("ln tree/a/odd tree/a/link; ln -s odd tree/a/symlink; mkfifo tree/fifo");
	for (int i = 0; i < 150; i++) {
		snprintf(path, sizeof path, "tree/many/%d has a name that takes some room", i);
		put_file(path, BLOCK_BYTES);
	}
	/* the longest names need continuation areas */
	memset(name, 'n', 250);
	name[250] = '\0';
	for (int i = 0; i < 20; i++) {
		name[0] = (char)('a' + i);
		snprintf(path, sizeof path, "tree/%s", name);
		put_file(path, 2 * BLOCK_BYTES);
	}
	strcpy(path, "tree");
	for (int i = 0; i < 12; i++) {
		strcat(path, "/deep");
		mkdir(path, 0755);
	}
	strcat(path, "/down");
	put_file(path, 4 * BLOCK_BYTES);
}

static void test_hard_links(void)
{
	struct fail f;
	struct file_system *fs = open_image("own.iso", &f);
	struct file_system_range range = { 0 };

	for (uint64_t lba = 0; fs && range.n_files != 2 && lba < 2000; lba++)
		range = look(fs, lba, 1);
	tap_ok(range.n_files == 2 && finds("/a/odd") && finds("/a/link") && !range.has_structure,
		"both names of a hard link are found");
	file_system_close(fs);
}

/* What xorriso reports: "File data lba:  0 ,  LBA ,  BLOCKS ,  BYTES , 'PATH'". */
static void test_against_xorriso(const char *name)
{
	char command[500], line[5000];
	struct fail f;
	struct file_system *fs = open_image(name, &f);
	size_t n_right = 0, n_wrong = 0;
	FILE *from;

	snprintf(command, sizeof command,
		"xorriso -indev %s -find / -type f -exec report_lba -- 2>/dev/null >lba", name);
	from = tap_run(command) ? fopen("lba", "r") : NULL;
	while (fs && from && fgets(line, sizeof line, from)) {
		unsigned long extent, lba, n_blocks;
		char *path = strchr(line, '\'');
		size_t n;

		if (!path || sscanf(line, "File data lba: %lu , %lu , %lu", &extent, &lba,
				     &n_blocks) != 3)
			continue;
		n = strlen(++path);
		path[n - 2] = '\0';
		if (n_blocks == 0)
			continue;
		look(fs, lba, 1);
		n_wrong += !finds(path);
		look(fs, lba + n_blocks - 1, 1);
		n_wrong += !finds(path);
		look(fs, lba + n_blocks, 1);
		n_wrong += finds(path);
		n_right++;
	}
	if (from)
		fclose(from);
	tap_ok(n_right >= 170 && n_wrong == 0 && !file_system_damage(fs),
		"%s: xorriso says the same of %zu files, other things of %zu", name, n_right,
		n_wrong);
	file_system_close(fs);
}

static const struct {
	const char *program, *name, *options;
} makers[] = {
	{ "genisoimage", "gen_rock_ridge.iso", "-R -J -joliet-long" },
	{ "genisoimage", "gen_moved.iso", "-R" },
	{ "genisoimage", "gen_joliet.iso", "-J -joliet-long -iso-level 3" },
	{ "genisoimage", "gen_plain.iso", "-iso-level 4" },
	{ "genisoimage", "gen_dos.iso", "-iso-level 1 -D" },
	{ "xorriso", "xorriso.iso", "-as mkisofs -R -J" },
};

static void test_makers(void)
{
	for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
		char command[500];

		if (!tap_has_program(makers[i].program) || !tap_has_program("xorriso")) {
			tap_skip(makers[i].name, "its maker is not installed");
			continue;
		}
		snprintf(command, sizeof command, "%s %s -o %s tree >log 2>&1", makers[i].program,
			makers[i].options, makers[i].name);
		if (!tap_run(command)) {
			tap_run("tail -n 1 log | cut -c 1-80 | sed 's/^/# /'");
			tap_skip(makers[i].name, "its maker did not want to");
			continue;
		}
		test_against_xorriso(makers[i].name);
	}
}

/* A disc made by hand, in memory. Root at ROOT, one directory at DIR. */
enum { ROOT = 20, DIR, AREA, DISC_BLOCKS = 64, BAD_NONE = 0 };

static uint8_t disc[DISC_BLOCKS][BLOCK_BYTES];
static uint64_t bad_block; /* can't be read */
static size_t root_end, dir_end;

static int read_disc(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	(void)ctx;
	if (bad_block && bad_block >= lba && bad_block < lba + n)
		return fail_set(f, FAIL_FAILED, "LBA", "can't be read");
	memcpy(buf, disc[lba], (size_t)n * BLOCK_BYTES);
	return 0;
}

static void put_le32(uint8_t *to, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(n >> 8 * i);
}

/* A directory record at *end of a block, with fields in its System Use area. */
static uint8_t *put_record(uint8_t *block, size_t *end, const char *name, size_t n_name,
	uint32_t lba, uint32_t n_bytes, int flags, const void *fields, size_t n_fields)
{
	uint8_t *r = block + *end;
	size_t n = 33 + n_name + (n_name % 2 == 0);

	memset(r, 0, n);
	put_le32(r + 2, lba);
	put_le32(r + 10, n_bytes);
	r[25] = (uint8_t)flags;
	r[32] = (uint8_t)n_name;
	memcpy(r + 33, name, n_name);
	memcpy(r + n, fields, n_fields);
	r[0] = (uint8_t)(n + n_fields);
	*end += r[0];
	return r;
}

static uint8_t *put_root(const char *name, uint32_t lba, uint32_t n_bytes, int flags)
{
	return put_record(disc[ROOT], &root_end, name, strlen(name), lba, n_bytes, flags, "", 0);
}

static uint8_t *put_dir(const char *name, uint32_t lba, uint32_t n_bytes, int flags)
{
	return put_record(disc[DIR], &dir_end, name, strlen(name), lba, n_bytes, flags, "", 0);
}

static const uint8_t sp_er[] = "SP\7\1\276\357\0ER\22\1\12\0\0\1IEEE_P1282";

/* "/A" at 30, two blocks; "/D/"; "/D/C" at 50. */
static void start_disc(bool with_rock_ridge)
{
	size_t n_fields = with_rock_ridge ? sizeof sp_er - 1 : 0, at = 156;
	uint8_t *p = disc[16];

	memset(disc, 0, sizeof disc);
	bad_block = BAD_NONE;
	root_end = dir_end = 0;
	memcpy(p, "\1CD001\1", 7);
	put_le32(p + 80, DISC_BLOCKS);
	p[129] = 8; /* 2048 */
	put_record(p, &at, "", 1, ROOT, BLOCK_BYTES, 2, "", 0);
	memcpy(disc[17], "\377CD001\1", 7);
	put_record(disc[ROOT], &root_end, "", 1, ROOT, BLOCK_BYTES, 2, sp_er, n_fields);
	put_record(disc[ROOT], &root_end, "\1", 1, ROOT, BLOCK_BYTES, 2, "", 0);
	put_record(disc[DIR], &dir_end, "", 1, DIR, BLOCK_BYTES, 2, "", 0);
	put_record(disc[DIR], &dir_end, "\1", 1, ROOT, BLOCK_BYTES, 2, "", 0);
	put_root("A.;1", 30, 4000, 0);
	put_root("D", DIR, BLOCK_BYTES, 2);
	put_dir("C", 50, 1, 0);
}

static struct file_system *open_disc(struct fail *f)
{
	struct block_reader blocks = { .read = read_disc, .n_blocks = DISC_BLOCKS };

	*f = (struct fail){ 0 };
	return file_system_open(&blocks, f);
}

static void test_disc(void)
{
	struct fail f;
	struct file_system *fs;
	struct file_system_range range;

	start_disc(false);
	put_root("B", 40, BLOCK_BYTES, 0x80);
	put_root("B", 41, BLOCK_BYTES, 0x80);
	put_root("B", 45, 10, 0);
	put_dir("over", 31, 3 * BLOCK_BYTES, 0);
	put_dir("empty", 4000, 0, 0);
	fs = open_disc(&f);
	tap_ok(fs && !file_system_damage(fs), "a disc made by hand is opened: %s", f.what);
	range = look(fs, 0, 16);
	tap_ok(range.has_structure && !*found_paths, "the system area is structure");
	range = look(fs, 18, 2);
	tap_ok(!range.has_structure && !*found_paths, "a gap is nothing");
	range = look(fs, ROOT, 2);
	tap_ok(range.n_directories == 2 && range.n_files == 0 && finds("/") && finds("/D/"),
		"directories have paths");
	look(fs, 31, 1);
	tap_ok(finds("/A") && finds("/D/over"), "files that overlap are both found");
	range = look(fs, 33, 1);
	tap_ok(range.n_files == 1 && finds("/D/over"), "the longer one alone where it is alone");
	range = look(fs, 40, 2);
	tap_ok(range.n_files == 1 && finds("/B"), "parts in a row are one");
	look(fs, 42, 3);
	tap_ok(!*found_paths, "a file in parts is not in between them");
	look(fs, 45, 1);
	tap_ok(finds("/B"), "a file's last part is found");
	range = look(fs, 0, UINT64_MAX);
	tap_ok(finds("/A") && finds("/B") && finds("/D/C") && finds("/D/over") &&
			!finds("/D/empty"),
		"a range of all finds all that have blocks");
	look(fs, 50, 0);
	tap_ok(!*found_paths, "an empty range finds nothing");
	look(fs, UINT64_MAX, 10);
	tap_ok(!*found_paths, "no range is too far away");
	file_system_close(fs);
}

/* Names in continuation areas, of more than one piece, with bytes that no name can have. */
static void test_names(void)
{
	static const uint8_t ce[] = "NM\7\1\1lo"
				    "CE\34\1\26\0\0\0\0\0\0\0\20\0\0\0\0\0\0\0"
				    "\13\0\0\0\0\0\0\0";
	static const uint8_t slash[] = "NM\11\1\0a/\0\377";
	struct fail f;
	struct file_system *fs;

	start_disc(true);
	put_record(disc[ROOT], &root_end, "X", 1, 35, 1, 0, ce, sizeof ce - 1);
	put_record(disc[ROOT], &root_end, "Y", 1, 36, 1, 0, slash, sizeof slash - 1);
	memcpy(disc[AREA] + 16, "NM\13\1\0ng\n;1x", 11);
	fs = open_disc(&f);
	tap_ok(fs && !file_system_damage(fs), "a disc with Rock Ridge is opened: %s",
		fs && file_system_damage(fs) ? file_system_damage(fs)->what : f.what);
	look(fs, 35, 1);
	tap_ok(finds("/long\n;1x"), "a name of two pieces");
	look(fs, 36, 1);
	tap_ok(finds("/a__\377"), "a name with a slash and a NUL");
	tap_ok(look(fs, AREA, 1).has_structure, "a continuation area is structure");
	file_system_close(fs);
}

static void put_descriptor_end(void)
{
	memset(disc[17], 0, BLOCK_BYTES);
}

static void no_primary(void)
{
	disc[16][0] = 2;
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
	put_le32(disc[16] + 80, DISC_BLOCKS + 1);
}

static void block_size(void)
{
	disc[16][129] = 2;
}

static void endless(void)
{
	for (int i = 17; i < DISC_BLOCKS; i++)
		memcpy(disc[i], "\3CD001\1", 7);
}

static void unreadable_descriptor(void)
{
	bad_block = 17;
}

static const struct {
	const char *name;
	void (*spoil)(void);
	const char *what;
} refusals[] = {
	{ "descriptors without an end", put_descriptor_end, "block 17 is damaged" },
	{ "no primary descriptor", no_primary, "no ISO 9660 file system" },
	{ "garbage", garbage, "no ISO 9660 file system" },
	{ "zeros", zeros, "no ISO 9660 file system" },
	{ "a cut disc", announce_more, "announces 65 blocks, but only 64" },
	{ "blocks of 512 bytes", block_size, "no ISO 9660 file system" },
	{ "descriptors for ever", endless, "have no end" },
	{ "a descriptor that can't be read", unreadable_descriptor, "can't be read" },
};

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
	put_root("I", 52, 1, 0)[26] = 1;
}

static void put_fields(const char *fields, size_t n)
{
	start_disc(true);
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
	put_le32(disc[ROOT] + root_end - 24, UINT32_MAX);
}

static void ce_huge(void)
{
	put_fields(ce, sizeof ce - 1);
	put_le32(disc[ROOT] + root_end - 8, UINT32_MAX);
}

static void ce_far_offset(void)
{
	put_fields(ce, sizeof ce - 1);
	put_le32(disc[ROOT] + root_end - 16, UINT32_MAX);
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
	const char *object, *what;
} damages[] = {
	{ "a circle", circle, "/D/up", "in a circle" },
	{ "a directory in itself", itself, "/D/self", "in a circle" },
	{ "a directory that is there twice", twice, "/E", "twice" },
	{ "a directory of 4 GiB", absurd, "/E", "does not lie on the medium" },
	{ "a directory behind the end", far_directory, "/E", "does not lie on the medium" },
	{ "a file behind the end", far_file, "/F", "does not lie on the medium" },
	{ "a number that runs over", far_attributes, "/", "damaged directory" },
	{ "a record behind its block", long_record, "/D/", "damaged directory" },
	{ "a record too short", short_record, "/", "damaged directory" },
	{ "a name too long", long_name, "/", "damaged directory" },
	{ "a directory that can't be read", unreadable, "/D/", "can't be read" },
	{ "an interleaved file", interleaved, "/I", "interleaved" },
	{ "a field too long", long_field, "/R", "damaged directory record" },
	{ "a field of no length", zero_field, "/R", "damaged directory record" },
	{ "continuations in a circle", ce_circle, "/R", "damaged directory record" },
	{ "a continuation behind the end", ce_far, "/R", "damaged directory record" },
	{ "a continuation of 4 GiB", ce_huge, "/R", "damaged directory record" },
	{ "a continuation at 4 GiB", ce_far_offset, "/R", "damaged directory record" },
	{ "a moved directory that is the root", moved_to_root, "/R", "in a circle" },
	{ "a moved directory that is a file", moved_to_file, "/R", "not where it should be" },
	{ "a moved directory behind the end", moved_far, "/R", "not where it should be" },
};

static void test_damage(void)
{
	struct fail f;

	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		struct file_system *fs;

		start_disc(false);
		refusals[i].spoil();
		fs = open_disc(&f);
		tap_ok(!fs && f.code == FAIL_FAILED && strstr(f.what, refusals[i].what), "%s: %s",
			refusals[i].name, f.what);
		file_system_close(fs);
	}
	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		struct file_system *fs;
		const struct fail *damage;
		bool rest;

		start_disc(false);
		damages[i].spoil();
		fs = open_disc(&f);
		damage = fs ? file_system_damage(fs) : NULL;
		tap_ok(damage && !strcmp(damage->object, damages[i].object) &&
				strstr(damage->what, damages[i].what),
			"%s: %s: %s", damages[i].name, damage ? damage->object : f.what,
			damage ? damage->what : "no damage");
		rest = fs && look(fs, 30, 1).n_files == 1 && finds("/A");
		if (rest && damages[i].spoil != unreadable)
			rest = look(fs, 50, 1).n_files == 1 && finds("/D/C");
		tap_ok(rest, "%s: the rest is found", damages[i].name);
		file_system_close(fs);
	}
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
	struct fail f = { 0 };
	struct file_system *fs;

	start_disc(false);
	for (char name[] = "a"; *name <= 'z'; ++*name)
		put_root(name, 60, 1, 0);
	put_le32(disc[16] + 156 + 10, 100000u * BLOCK_BYTES);
	fs = file_system_open(&blocks, &f);
	tap_ok(!fs && strstr(f.what, "more names than are kept in memory"), "too many names: %s",
		f.what);
	file_system_close(fs);

	f = (struct fail){ 0 };
	put_le32(disc[16] + 156 + 10, 1u << 31);
	fs = file_system_open(&blocks, &f);
	tap_ok(!fs && strstr(f.what, "more than 1024 MiB"), "too large a directory: %s", f.what);
	file_system_close(fs);
}

int main(void)
{
	char command[200];

	if (!mkdtemp(folder) || chdir(folder)) {
		perror(folder);
		return 1;
	}
	make_tree();
	with_tree("tree", "own.iso", check_contents);
	test_hard_links();
	if (tap_has_program("xorriso"))
		test_against_xorriso("own.iso");
	else
		tap_skip("own.iso against xorriso", "xorriso is not installed");
	test_makers();
	test_disc();
	test_names();
	test_damage();
	test_huge();
	snprintf(command, sizeof command, "rm -rf %s", folder);
	if (chdir("/") || !tap_run(command))
		return 1;
	return tap_done();
}
