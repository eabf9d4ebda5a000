/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that are one file on a disc and several in a directory, or the other way round. */
#include "disc/same_files.h"

#include <string.h>

#include "lib/tap.h"

static const char disc_only[] = "is hard-linked only on the disc";
static const char directory_only[] = "is hard-linked only in the directory";

/* What is told of a name, "" for nothing. */
static const char *add(
	struct same_files *s, uint64_t serial, uint32_t n_links, ino_t ino, nlink_t n_there)
{
	struct disc_node node = { .mode = S_IFREG, .inode = serial, .n_links = n_links };
	struct stat st = { .st_mode = S_IFREG, .st_dev = 7, .st_ino = ino, .st_nlink = n_there };
	struct fail f = { 0 };
	const char *what;

	if (same_files_add(s, &node, &st, &what, &f))
		return "failed";
	return what ? what : "";
}

static bool is_told(const char *got, const char *wanted)
{
	if (strcmp(got, wanted) == 0)
		return true;
	tap_note("got \"%s\", wanted \"%s\"", got, wanted);
	return false;
}

static void test_equal(void)
{
	struct same_files s = { 0 };

	tap_ok(is_told(add(&s, 1, 2, 11, 2), "") && is_told(add(&s, 2, 3, 12, 3), "") &&
			is_told(add(&s, 1, 2, 11, 2), "") && is_told(add(&s, 2, 3, 12, 3), "") &&
			is_told(add(&s, 2, 3, 12, 3), ""),
		"two files of two and three names");
	tap_ok(is_told(add(&s, 3, 1, 13, 5), "") && is_told(add(&s, 4, 9, 14, 1), ""),
		"links from outside, on either side");
	same_files_clear(&s);
}

static void test_disc_only(void)
{
	struct same_files s = { 0 };

	tap_ok(is_told(add(&s, 1, 3, 11, 1), "") && is_told(add(&s, 1, 3, 12, 1), disc_only) &&
			is_told(add(&s, 1, 3, 13, 1), disc_only),
		"one file on the disc, three in the directory: two are told");
	tap_ok(is_told(add(&s, 2, 3, 21, 1), "") && is_told(add(&s, 2, 3, 22, 2), disc_only) &&
			is_told(add(&s, 2, 3, 22, 2), ""),
		"one on the disc, two in the directory: the second is told once");
	same_files_clear(&s);
}

static void test_directory_only(void)
{
	struct same_files s = { 0 };

	tap_ok(is_told(add(&s, 1, 1, 11, 2), "") && is_told(add(&s, 2, 1, 11, 2), directory_only),
		"one file in the directory, two on the disc");
	tap_ok(is_told(add(&s, 3, 1, 12, 3), "") && is_told(add(&s, 4, 2, 12, 3), directory_only) &&
			is_told(add(&s, 4, 2, 12, 3), ""),
		"of three names the last two are one file: told once");
	tap_ok(is_told(add(&s, (uint64_t)1 << 32 | 50, 2, 15, 2), "") &&
			is_told(add(&s, (uint64_t)1 << 32 | 51, 2, 15, 2), ""),
		"a disc without serial numbers: nothing is told");
	same_files_clear(&s);
}

/* Files with one name each are two, whatever their inode numbers (union file systems). */
static void test_one_number(void)
{
	struct same_files s = { 0 };

	tap_ok(is_told(add(&s, 1, 2, 11, 1), "") && is_told(add(&s, 1, 2, 11, 1), disc_only),
		"one file on the disc, two of one inode number in the directory");
	tap_ok(is_told(add(&s, 2, 2, 12, 2), "") && is_told(add(&s, 3, 2, 12, 1), ""),
		"one with links and one without, of one inode number, are two in both");
	same_files_clear(&s);
}

/* More than there is room for at first, and more than there is room for at all. */
static void test_many(void)
{
	struct same_files s = { 0 };
	bool good = true;

	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 1; i <= 100000; i++)
			good = good && !*add(&s, i, 2, i * 3, 2);
	tap_ok(good && !s.is_full, "100,000 files of two names");
	tap_ok(is_told(add(&s, 4711, 2, 1, 1), disc_only) &&
			is_told(add(&s, 100001, 1, 4711 * 3, 2), directory_only),
		"none of them is forgotten");
	for (unsigned i = 100002; i <= SAME_FILES_MAX / 8 * 9; i++)
		good = good && !*add(&s, i, 1, i * 3, 2);
	tap_ok(good && s.is_full, "more than are remembered: that is known");
	tap_ok(is_told(add(&s, SAME_FILES_MAX * 2, 1, 4711 * 3, 2), directory_only),
		"and those before are not forgotten");
	same_files_clear(&s);
}

int main(void)
{
	test_equal();
	test_disc_only();
	test_directory_only();
	test_one_number();
	test_many();
	return tap_done();
}
