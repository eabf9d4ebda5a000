/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which file lies where, in images of our own trees, of xorriso and genisoimage, and in a small one
 * made by hand. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/drain.h"
#include "iso/block_owners.h"
#include "tree/tree.h"
#include "lib/small_disc.h"
#include "lib/tap.h"
#include "util/io.h"
#include "util/sector.h"

enum { ALL = 1 << 30 };

/* The owners of n ranges, and their paths: "\n/a\n/b\n". */
struct owners {
	struct block_range *ranges;
	char **paths;
	size_t n;
	int result;
	struct fail f;
};

static void take(void *ctx, const struct block_range *range, const char *path)
{
	struct owners *o = ctx;
	char **all = &o->paths[range - o->ranges], *more;

	if (asprintf(&more, "%s%s\n", *all ? *all : "\n", path) < 0)
		exit(1);
	free(*all);
	*all = more;
}

static void free_owners(struct owners *o)
{
	for (size_t i = 0; i < o->n; i++)
		free(o->paths[i]);
	free(o->paths);
	free(o->ranges);
}

static struct owners new_owners(size_t n)
{
	struct owners o = {
		.ranges = calloc(n, sizeof *o.ranges), .paths = calloc(n, sizeof *o.paths), .n = n
	};

	if (!o.ranges || !o.paths)
		exit(1);
	return o;
}

/* Of each block of an image. */
static struct owners find_all(const char *image)
{
	struct fail f = { 0 };
	struct block_reader *blocks = block_reader_open_file(image, &f);
	struct owners o = new_owners(blocks ? blocks->n_blocks : 0);

	for (size_t i = 0; i < o.n; i++)
		o.ranges[i] = (struct block_range){ .lba = i, .n_blocks = 1 };
	o.result = blocks ? block_owners_find(blocks, 0, o.ranges, o.n, take, &o, &o.f) : -1;
	block_reader_free(blocks);
	return o;
}

static bool finds(const struct owners *o, size_t i, const char *path)
{
	char line[5000];

	snprintf(line, sizeof line, "\n%s\n", path);
	return i < o->n && o->paths[i] && strstr(o->paths[i], line);
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
	struct tree *t = tree_new(&spec, NULL, &f);
	struct burn_source *s = tree_source_new(t, &f);
	struct drained d = drain(s, CHUNK_BYTES, ALL);
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	tap_ok(d.is_orderly && io_write_full(fd, d.bytes, d.n_bytes) == 0, "%s is made", name);
	close(fd);
	check(name);
	stage_free(s);
	tree_free(t);
	free(d.bytes);
}

static bool is_zero(const char block[BLOCK_BYTES])
{
	return *block == '\0' && memcmp(block, block + 1, BLOCK_BYTES - 1) == 0;
}

/* Each block of the image that starts with "contents of NAME" has to be in the file of that name,
 * and no other block in any file. */
static void check_contents(const char *name)
{
	struct owners o = find_all(name);
	size_t n_right = 0, n_wrong = 0;
	unsigned n_directories = 0, n_unknown = 0;
	char block[BLOCK_BYTES];
	int fd = open(name, O_RDONLY);

	tap_ok(o.result == 0, "%s is read: %s", name, o.f.what);
	for (size_t i = 0; i < o.n && io_read_full(fd, block, sizeof block) == sizeof block; i++) {
		bool is_content = strncmp(block, "contents of ", 12) == 0;

		block[sizeof block - 1] = '\0';
		/* ".../tree/a/b" is "/a/b" on the disc */
		if (is_content && o.ranges[i].n_files && finds(&o, i, block + 12 + strlen("tree")))
			n_right++;
		else if (is_content || o.ranges[i].n_files)
			n_wrong++;
		if (o.ranges[i].n_directories && o.ranges[i].has_structure)
			n_directories++;
		if (!is_zero(block) && !o.ranges[i].n_files && !o.ranges[i].has_structure)
			n_unknown++;
	}
	close(fd);
	tap_ok(n_right >= 200 && n_wrong == 0, "%s: %zu blocks are in the right file, %zu not",
		name, n_right, n_wrong);
	tap_ok(n_directories >= 15, "%s: %u blocks are directories'", name, n_directories);
	tap_ok(n_unknown == 0, "%s: %u blocks with something in them are nobody's", name,
		n_unknown);
	free_owners(&o);
}

/* One range of all. */
static void check_range(const char *name)
{
	struct fail f = { 0 };
	struct block_reader *blocks = block_reader_open_file(name, &f);
	struct owners o = new_owners(2);

	o.ranges[0].n_blocks = blocks ? blocks->n_blocks : 0;
	o.ranges[1] = (struct block_range){ .lba = o.ranges[0].n_blocks, .n_blocks = 1000 };
	o.result = blocks ? block_owners_find(blocks, 0, o.ranges, 2, take, &o, &o.f) : -1;
	tap_ok(o.result == 0 && finds(&o, 0, "/a/") && finds(&o, 0, "/") &&
			finds(&o, 0, "/a/link") && o.ranges[0].n_directories == 15 &&
			o.ranges[0].has_structure,
		"%s: a range of all has all directories, too: %s", name, o.f.what);
	tap_ok(!o.paths[1] && !o.ranges[1].has_structure, "%s: nothing lies behind the end", name);
	block_reader_free(blocks);
	free_owners(&o);
}

static void check_image(const char *name)
{
	check_contents(name);
	check_range(name);
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
	struct owners o = find_all("own.iso");
	size_t i = 0;

	while (i < o.n && o.ranges[i].n_files != 2)
		i++;
	tap_ok(finds(&o, i, "/a/odd") && finds(&o, i, "/a/link") && !o.ranges[i].has_structure,
		"both names of a hard link are found");
	free_owners(&o);
}

/* What xorriso reports: "File data lba:  0 ,  LBA ,  BLOCKS ,  BYTES , 'PATH'". */
static void test_against_xorriso(const char *name)
{
	char command[500], line[5000];
	struct owners o = find_all(name);
	size_t n_right = 0, n_wrong = 0;
	FILE *from;

	snprintf(command, sizeof command,
		"xorriso -indev %s -find / -type f -exec report_lba -- 2>/dev/null >lba", name);
	from = tap_run(command) ? fopen("lba", "r") : NULL;
	while (from && fgets(line, sizeof line, from)) {
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
		n_wrong += !finds(&o, lba, path);
		n_wrong += !finds(&o, lba + n_blocks - 1, path);
		n_wrong += finds(&o, lba + n_blocks, path);
		n_right++;
	}
	if (from)
		fclose(from);
	tap_ok(o.result == 0 && n_right >= 170 && n_wrong == 0,
		"%s: xorriso says the same of %zu files, other things of %zu", name, n_right,
		n_wrong);
	free_owners(&o);
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

/* The owners of one range of the small disc. */
static struct owners look(uint64_t lba, uint64_t n_blocks)
{
	struct owners o = new_owners(1);

	o.ranges[0].lba = lba;
	o.ranges[0].n_blocks = n_blocks;
	o.result = block_owners_find(&small_disc, 0, o.ranges, 1, take, &o, &o.f);
	return o;
}

/* paths: all that is found, "/a /b "; in the order of the walk. */
static const struct {
	const char *name;
	uint64_t lba, n_blocks;
	const char *paths;
	size_t n_directories;
	bool has_structure;
} lookups[] = {
	{ "the system area is structure", 0, 16, "", 0, true },
	{ "a gap is nothing", 18, 2, "", 0, false },
	{ "directories have paths", ROOT, 2, "/ /D/ ", 2, true },
	{ "a continuation area is structure", AREA, 1, "", 0, true },
	{ "files that overlap are both found", 31, 1, "/A /D/over ", 0, false },
	{ "the longer one alone where it is alone", 33, 1, "/D/over ", 0, false },
	{ "parts in a row are one", 40, 2, "/B ", 0, false },
	{ "a file in parts is not in between them", 42, 3, "", 0, false },
	{ "a file's last part is found", 45, 1, "/B ", 0, false },
	{ "a range of all finds all that have blocks", 0, UINT64_MAX,
		"/ /A /B /X /A /D/ /D/C /D/over ", 2, true },
	{ "an associated file's are its file's", 55, 1, "/A ", 0, false },
	{ "an empty range finds nothing", 50, 0, "", 0, false },
	{ "no range is too far away", UINT64_MAX, 10, "", 0, false },
};

static void make_disc(void)
{
	static const uint8_t ce[] = "CE\34\1\26\0\0\0\0\0\0\0\20\0\0\0\0\0\0\0"
				    "\6\0\0\0\0\0\0\0";

	small_disc_start(true);
	put_root("B", 40, BLOCK_BYTES, 0x80);
	put_root("B", 41, BLOCK_BYTES, 0x80);
	put_root("B", 45, 10, 0);
	put_root("A.;1", 55, 1, 4);
	put_dir("over", 31, 3 * BLOCK_BYTES, 0);
	put_dir("empty", 4000, 0, 0);
	put_record(disc[ROOT], &root_end, "X", 1, 35, 1, 0, ce, sizeof ce - 1);
	memcpy(disc[AREA] + 16, "NM\6\1\0X", 6);
}

static void test_lookups(void)
{
	for (size_t i = 0; i < sizeof lookups / sizeof *lookups; i++) {
		struct owners o;
		char *paths;

		make_disc();
		o = look(lookups[i].lba, lookups[i].n_blocks);
		paths = o.paths[0] ? o.paths[0] + 1 : o.paths[0];
		for (char *p = paths; p && *p; p++)
			*p = *p == '\n' ? ' ' : *p;
		tap_ok(o.result == 0 && !strcmp(paths ? paths : "", lookups[i].paths) &&
				o.ranges[0].n_directories == lookups[i].n_directories &&
				o.ranges[0].has_structure == lookups[i].has_structure,
			"%s: %s%s", lookups[i].name, paths ? paths : "", o.f.what);
		free_owners(&o);
	}
}

/* What is damaged does not hide the rest, nor is it walked for ever. */
static void test_damage(void)
{
	struct owners o;

	make_disc();
	bad_block = DIR;
	put_root("E", ROOT, BLOCK_BYTES, 2);
	o = look(DIR, 25);
	tap_ok(o.result == 0 && finds(&o, 0, "/D/") && finds(&o, 0, "/A") && !finds(&o, 0, "/D/C"),
		"a directory that can't be read, and a circle: %s", o.f.what);
	free_owners(&o);
	small_disc_start(false);
	put_record(disc[ROOT], &root_end, "A.;1", 4, 33, 10, 0, "", 0);
	o = look(30, 1);
	tap_ok(finds(&o, 0, "/A"), "of a name that is there twice, one");
	free_owners(&o);
	o = look(33, 1);
	tap_ok(finds(&o, 0, "/A"), "of a name that is there twice, the other one");
	free_owners(&o);
	bad_block = 16;
	o = look(30, 1);
	tap_ok(o.result < 0 && !o.paths[0] && fail_is_set(&o.f), "no file system: %s", o.f.what);
	free_owners(&o);
}

int main(void)
{
	tap_enter_folder("/tmp");
	make_tree();
	with_tree("tree", "own.iso", check_image);
	test_hard_links();
	if (tap_has_program("xorriso"))
		test_against_xorriso("own.iso");
	else
		tap_skip("own.iso against xorriso", "xorriso is not installed");
	test_makers();
	test_lookups();
	test_damage();
	return tap_done();
}
