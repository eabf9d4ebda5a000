/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plain disc, from block 16 on, whose files are brought back: whatever it says, nothing outside
 * of the directory is touched, and what is reported is what is there. */
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disc/extract.h"
#include "plain_disc.h"

/* In it: "to", for the files, and "outside" with the file "theirs". */
static char folder[] = "/tmp/xburncrypt-fuzz.XXXXXX";

/* What is below a directory. */
static struct {
	unsigned n_files, n_directories, n_others;
} found;

static int count(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)path;
	(void)type;
	if (at->level == 0)
		return 0;
	if (S_ISREG(st->st_mode))
		found.n_files++;
	else if (S_ISDIR(st->st_mode))
		found.n_directories++;
	else
		found.n_others++;
	return 0;
}

static void count_below(const char *path)
{
	memset(&found, 0, sizeof found);
	FUZZ_MUST(nftw(path, count, 20, FTW_PHYS) == 0);
}

static int take_away(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

/* Directories may forbid what is done in them. */
static int make_writable(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)at;
	return S_ISDIR(st->st_mode) && type != FTW_SL ? chmod(path, 0700) : 0;
}

static void take_away_all(void)
{
	nftw(folder, make_writable, 20, FTW_PHYS);
	nftw(folder, take_away, 20, FTW_PHYS | FTW_DEPTH);
}

static void prepare(void)
{
	int fd;

	FUZZ_MUST(mkdtemp(folder) && chdir(folder) == 0 && mkdir("outside", 0755) == 0);
	fd = open("outside/theirs", O_WRONLY | O_CREAT, 0600);
	FUZZ_MUST(fd >= 0 && write(fd, "theirs", 6) == 6 && close(fd) == 0);
	atexit(take_away_all);
}

/* Nobody has touched what is outside. */
static void check_outside(void)
{
	struct stat st;
	char bytes[10];
	int fd = open("outside/theirs", O_RDONLY);

	FUZZ_MUST(fd >= 0 && read(fd, bytes, sizeof bytes) == 6 && !memcmp(bytes, "theirs", 6));
	FUZZ_MUST(fstat(fd, &st) == 0 && st.st_mode == (S_IFREG | 0600) && st.st_nlink == 1);
	close(fd);
	FUZZ_MUST(stat("outside", &st) == 0 && st.st_mode == (S_IFDIR | 0755));
	count_below("outside");
	FUZZ_MUST(found.n_files == 1 && found.n_directories == 0 && found.n_others == 0);
}

static void extract(const struct disc_files *files, bool force)
{
	struct extract x = { .files = files, .to = "to", .is_target_new = true, .force = force };
	struct extract_result r = { 0 };
	struct fail f = { 0 };
	int result;

	FUZZ_MUST(mkdir("to", 0700) == 0);
	/* what is there already: a way out, and something in the way */
	if (force)
		FUZZ_MUST(symlink("../outside", "to/sub") == 0 &&
			  symlink("../outside/theirs", "to/file") == 0);
	result = extract_files(&x, &r, &f);
	FUZZ_MUST(result == 0 || fail_is_set(&f));
	FUZZ_MUST(chmod("to", 0700) == 0 && nftw("to", make_writable, 20, FTW_PHYS) == 0);
	count_below("to");
	if (result == 0 && !force)
		FUZZ_MUST(r.n_files == found.n_files && r.n_directories >= found.n_directories &&
			  r.n_others == found.n_others);
	check_outside();
	FUZZ_MUST(nftw("to", take_away, 20, FTW_PHYS | FTW_DEPTH) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool is_prepared;
	struct plain_disc disc;
	struct disc_files *files;
	struct fail f = { 0 };

	if (!is_prepared)
		prepare();
	is_prepared = true;
	plain_disc_init(&disc, data, size);
	files = disc_files_open(&disc.blocks, 0, &f);
	if (files) {
		extract(files, false);
		extract(files, true);
	}
	disc_files_close(files);
	return 0;
}
