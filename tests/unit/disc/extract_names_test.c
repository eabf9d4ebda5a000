/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extracting to a file system that ignores case and does not take every name: what this run made is
 * never replaced, and what can't have its name gets another or is told. The file system is made up:
 * the calls that take a name get the one that an entry has. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "disc/extract.h"
#include "disc/other_name.h"
#include "lib/drain.h"
#include "lib/tap.h"
#include "tree/tree.h"
#include "util/sector.h"
#include "util/signals.h"

static bool is_folding;
static bool is_fat;     /* no links, modes or odd seconds either, as exFAT by FUSE */
static bool is_silent;  /* says that it has set a mode, and makes FIFOs */
static int interrupted; /* the read after which a signal comes; 0: none does */
static struct drained image;
static struct disc_files *files;
static struct extract_result result;
static struct fail f;
static char told[20000];

/* The entry that is meant by name, or name itself where there is none. */
static const char *entry(int fd, const char *name, char out[256])
{
	int dir = is_folding ? openat(fd, ".", O_RDONLY | O_DIRECTORY) : -1;
	DIR *d = dir < 0 ? NULL : fdopendir(dir);
	const struct dirent *e;

	snprintf(out, 256, "%s", name);
	while (d && (e = readdir(d)))
		if (!strcasecmp(e->d_name, name))
			snprintf(out, 256, "%s", e->d_name);
	if (d)
		closedir(d);
	return out;
}

/* True where a new entry can't have that name. */
static bool is_refused(const char *name)
{
	errno = strlen(name) > 200 ? ENAMETOOLONG : is_fat ? ENOENT : EINVAL;
	return is_folding && (strlen(name) > 200 || strpbrk(name, ":?"));
}

#define WRAP(call) __wrap_##call
#define REAL(call) __real_##call

long REAL(syscall)(long number, long a, long b, long c, long d, long e, long g);
long WRAP(syscall)(long number, long a, long b, long c, long d, long e, long g);
long WRAP(syscall)(long number, long a, long b, long c, long d, long e, long g)
{
	char name[256];

	if (number == SYS_openat2) {
		const struct open_how *how = (const struct open_how *)c;

		if (how->flags & O_CREAT && is_refused((const char *)b))
			return -1;
		b = (long)entry((int)a, (const char *)b, name);
	}
	return REAL(syscall)(number, a, b, c, d, e, g);
}

int REAL(mkdirat)(int fd, const char *name, mode_t mode);
int WRAP(mkdirat)(int fd, const char *name, mode_t mode);
int WRAP(mkdirat)(int fd, const char *name, mode_t mode)
{
	char is[256];

	return is_refused(name) ? -1 : REAL(mkdirat)(fd, entry(fd, name, is), mode);
}

int REAL(fstatat)(int fd, const char *name, struct stat *st, int flags);
int WRAP(fstatat)(int fd, const char *name, struct stat *st, int flags);
int WRAP(fstatat)(int fd, const char *name, struct stat *st, int flags)
{
	char is[256];

	return REAL(fstatat)(fd, entry(fd, name, is), st, flags);
}

int REAL(fstatat64)(int fd, const char *name, struct stat *st, int flags);
int WRAP(fstatat64)(int fd, const char *name, struct stat *st, int flags);
int WRAP(fstatat64)(int fd, const char *name, struct stat *st, int flags)
{
	char is[256];

	return REAL(fstatat64)(fd, entry(fd, name, is), st, flags);
}

int REAL(renameat)(int fd, const char *from, int to_fd, const char *to);
int WRAP(renameat)(int fd, const char *from, int to_fd, const char *to);
int WRAP(renameat)(int fd, const char *from, int to_fd, const char *to)
{
	char is[256];

	return REAL(renameat)(fd, from, to_fd, entry(to_fd, to, is));
}

int REAL(renameat2)(int fd, const char *from, int to_fd, const char *to, unsigned flags);
int WRAP(renameat2)(int fd, const char *from, int to_fd, const char *to, unsigned flags);
int WRAP(renameat2)(int fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	char is[256];

	if (is_refused(to))
		return -1;
	if (is_fat && flags) {
		errno = EINVAL;
		return -1;
	}
	return REAL(renameat2)(fd, from, to_fd, entry(to_fd, to, is), flags);
}

int REAL(linkat)(int fd, const char *from, int to_fd, const char *to, int flags);
int WRAP(linkat)(int fd, const char *from, int to_fd, const char *to, int flags);
int WRAP(linkat)(int fd, const char *from, int to_fd, const char *to, int flags)
{
	char is_from[256], is[256];

	if (is_fat) {
		errno = EPERM;
		return -1;
	}
	if (is_refused(to))
		return -1;
	return REAL(linkat)(fd, entry(fd, from, is_from), to_fd, entry(to_fd, to, is), flags);
}

int REAL(symlinkat)(const char *target, int fd, const char *name);
int WRAP(symlinkat)(const char *target, int fd, const char *name);
int WRAP(symlinkat)(const char *target, int fd, const char *name)
{
	char is[256];

	return is_refused(name) ? -1 : REAL(symlinkat)(target, fd, entry(fd, name, is));
}

int REAL(mknodat)(int fd, const char *name, mode_t mode, dev_t device);
int WRAP(mknodat)(int fd, const char *name, mode_t mode, dev_t device);
int WRAP(mknodat)(int fd, const char *name, mode_t mode, dev_t device)
{
	if (!is_fat)
		return REAL(mknodat)(fd, name, mode, device);
	errno = EIO;
	return REAL(mknodat)(fd, name, (is_silent ? S_IFIFO : S_IFREG) | 0755, 0) || !is_silent ? -1
												: 0;
}

int REAL(fchmod)(int fd, mode_t mode);
int WRAP(fchmod)(int fd, mode_t mode);
int WRAP(fchmod)(int fd, mode_t mode)
{
	if (!is_fat)
		return REAL(fchmod)(fd, mode);
	REAL(fchmod)(fd, 0755);
	errno = EPERM;
	return is_silent ? 0 : -1;
}

int REAL(futimens)(int fd, const struct timespec times[2]);
int WRAP(futimens)(int fd, const struct timespec times[2]);
int WRAP(futimens)(int fd, const struct timespec times[2])
{
	struct timespec even[2] = { times[0], { .tv_sec = times[1].tv_sec & ~1L } };

	return REAL(futimens)(fd, is_fat ? even : times);
}

int REAL(utimensat)(int fd, const char *name, const struct timespec times[2], int flags);
int WRAP(utimensat)(int fd, const char *name, const struct timespec times[2], int flags);
int WRAP(utimensat)(int fd, const char *name, const struct timespec times[2], int flags)
{
	struct timespec even[2] = { times[0], { .tv_sec = times[1].tv_sec & ~1L } };

	return REAL(utimensat)(fd, name, is_fat ? even : times, flags);
}

static int read_image(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *why)
{
	(void)ctx;
	(void)why;
	if (interrupted && --interrupted == 0)
		raise(SIGINT);
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
	struct tree *t = tree_new(&spec, NULL, &f);
	struct burn_source *s = t ? tree_source_new(t, &f) : NULL;

	if (s)
		image = drain(s, CHUNK_BYTES, 1 << 30);
	stage_free(s);
	tree_free(t);
	return s && image.last == 0;
}

/* Extracts into "out", on the file system that is made up. 0 or -1. */
static int extract(struct extract x)
{
	int ret;

	f = (struct fail){ 0 };
	told[0] = '\0';
	x.files = files;
	x.to = "out";
	x.messages = &messages;
	is_folding = true;
	ret = extract_files(&x, &result, &f);
	is_folding = false;
	return ret;
}

static bool says(const char *text)
{
	return strstr(told, text) != NULL;
}

static void test_force(void)
{
	tap_run("mkdir out; echo old >out/README; mkdir out/dir; echo old >out/dir/same; echo old "
		">out/long");
	tap_ok(extract((struct extract){ .force = true }) == 0 && result.n_hurt == 16,
		"with force: sixteen are told: %s%s", told, f.what);
	tap_ok(tap_run("[ $(cat out/README) = upper ]"), "what was there before is replaced");
	tap_ok(says("\nreadme: the file system has another file under this name"),
		"what this run made is not");
	tap_ok(says("\nREADME.long: the file") &&
			tap_run("cmp -s tree/README.LONG out/README.LONG"),
		"nor is a large file");
	tap_ok(tap_run("[ $(readlink out/LINK out/link | wc -l) = 1 ]"), "nor is a symbolic link");
	tap_ok(says("\nhard: the file") && tap_run("[ out/HARD -ef out/file ]"),
		"nor is a hard link");
	tap_ok(says("DIR: the file system takes this directory and another for one") &&
			says("dir/in: the file system takes this directory"),
		"directories that become one are told");
	tap_ok(tap_run("[ $(cat out/dir/same) = 2 ] && [ -e out/dir/only ] && [ $(ls out/dir/in | "
		       "wc -l) = 1 ]"),
		"they have the files of both, but for those of the same name");
	tap_ok(says("a:b: the file system does not take this name (-rename changes it): Invalid"),
		"a name that can't be had is told");
	tap_ok(tap_run("[ $(find out -name '.xburncrypt*' | wc -l) = 0 ]"), "nothing else is left");
}

/* All but a directory's times and what is in it. */
static bool is_whole(const char *name, const char *other)
{
	char command[600];

	snprintf(command, sizeof command, "cmp -s \"tree/%s\" \"out/%s\"", name, other);
	return tap_run(command);
}

static void test_rename(bool force)
{
	tap_run("rm -rf out; mkdir out");
	tap_ok(extract((struct extract){ .force = force, .rename = true }) == 0 &&
			result.n_hurt == 0 && result.n_renamed == 11 && result.n_directories == 6 &&
			result.n_files == 18 && result.n_others == 3,
		"with rename nothing is missing, eleven have other names: %s%s", told, f.what);
	tap_ok(is_whole("README", "README") && is_whole("readme", "readme (2)") &&
			says("readme: extracted as readme (2)"),
		"a file");
	tap_ok(is_whole("README.LONG", "README.LONG") && is_whole("README.long", "README (2).long"),
		"a large file, whose ending stays");
	tap_ok(tap_run("[ \"$(readlink out/LINK out/link 'out/LINK (2)' 'out/link (2)' | sort)\" = "
		       "\"$(printf 'lower\\nupper')\" ]"),
		"a symbolic link");
	tap_ok(tap_run("[ out/HARD -ef out/file ] && [ 'out/hard (2)' -ef out/file ]"),
		"a hard link");
	tap_ok(is_whole("dir/same", "dir/same") && is_whole("DIR/same", "DIR (2)/same") &&
			is_whole("dir/in/X", "dir/in/X") && is_whole("DIR/in/x", "DIR (2)/in/x") &&
			is_whole("dir/only", "dir/only"),
		"a directory, with all that is in it");
	tap_ok(tap_run("[ $(stat -c %a 'out/DIR (2)') = 751 ]"), "and its mode");
	tap_ok(is_whole("a:b", "a_b") && is_whole("a?b", "a_b (2)"),
		"a name that can't be had is changed, and numbered");
	tap_ok(tap_run("[ $(find out -name 'xxx*' | wc -l) = 1 ]"), "one that is too long is cut");
}

/* How many entries there are, and whether all are as test_rename says. */
static bool is_all_there(int n)
{
	char command[60];

	snprintf(command, sizeof command, "[ $(find out -mindepth 1 | wc -l) = %d ]", n);
	return tap_run(command) && is_whole("DIR/same", "DIR (2)/same") &&
	       is_whole("DIR/in/x", "DIR (2)/in/x") && is_whole("readme", "readme (2)") &&
	       is_whole("a:b", "a_b") && is_whole("a?b", "a_b (2)") && is_whole("d?/in", "d_/in") &&
	       is_whole("d:/in", "d_ (2)/in");
}

/* Goes on where test_rename has ended. */
static void test_rename_again(void)
{
	for (int force = 0; force < 2; force++)
		tap_ok(extract((struct extract){ .force = force, .rename = true }) == 0 &&
				result.n_hurt == 0 && result.n_renamed == 11 &&
				result.n_equal == 21 && result.n_files == 0 && is_all_there(27),
			"once more: all is found again, %d equal: %s%s", (int)result.n_equal, told,
			f.what);
	tap_run("rm -r 'out/DIR (2)/in' 'out/DIR (2)/same' 'out/d_ (2)/in' 'out/a_b (2)' "
		"'out/readme (2)'");
	tap_ok(extract((struct extract){ .rename = true }) == 0 && result.n_hurt == 0 &&
			result.n_files == 5 && result.n_equal == 16 && is_all_there(27),
		"what is missing is made under its other name: %s%s", told, f.what);
	tap_run("echo mine >'out/DIR (2)/same'; echo mine >'out/DIR (2)/own'");
	tap_ok(extract((struct extract){ .rename = true }) == 0 && result.n_files == 1 &&
			is_whole("DIR/same", "DIR (2)/same (2)") &&
			tap_run("[ $(grep -c mine out/DIR*/same out/DIR*/own | grep -c :1) = 2 ]"),
		"and what differs there stays: %s%s", told, f.what);
	tap_ok(extract((struct extract){ .rename = true,
		       .paths = (const char *[]){ "DIR/in", "d?/in", "d:/in" },
		       .n_paths = 3 }) == 0 &&
			result.n_hurt == 0 && result.n_files == 0 && result.n_equal == 3 &&
			tap_run("[ $(find out -mindepth 1 | wc -l) = 29 ]"),
		"so do directories on the way to a path: %s%s", told, f.what);
	tap_run("rm -r 'out/DIR (2)' 'out/d_ (2)'; echo mine >'out/DIR (2)'");
	tap_ok(extract((struct extract){ .rename = true }) == 0 && result.n_hurt == 0 &&
			result.n_files == 3 && is_whole("DIR/same", "DIR (3)/same"),
		"a file in the way of a directory stays: %s%s", told, f.what);
}

/* The same command again and again: files are as whole as they can be. */
static void test_fat(bool silent)
{
	const char *mode = silent ? "the file system does not keep its mode"
				  : "its mode can't be set: Operation not permitted";
	char large[80];

	snprintf(large, sizeof large, "\nREADME.LONG: %s", mode);
	tap_run("rm -rf out; mkdir out");
	is_fat = true;
	is_silent = silent;
	for (int i = 0; i < 3; i++) {
		tap_ok(extract((struct extract){ .rename = true, .force = i == 2 }) == 0 &&
				result.n_files == (i ? 0 : 18) &&
				result.n_equal == (i ? 20u + silent : 0u) && says(large) &&
				says("\nfifo: can't be created: Operation not supported") ==
					!silent &&
				(i == 0 || result.n_bytes == 0) &&
				tap_run("[ $(find out -type f | wc -l) = 18 ]") &&
				is_whole("hard", "hard (2)") &&
				says("\nhard: is a copy, as it can't be a hard link here"),
			"without modes, links and odd seconds: %s%s", told, f.what);
		tap_ok(is_whole("README.LONG", "README.LONG") &&
				is_whole("README.long", "README (2).long") &&
				is_whole("large:", "large_"),
			"large files get their names");
	}
	is_fat = false;
}

/* A signal while files that are there are compared: none of them is said to differ. */
static void test_interrupted(void)
{
	int status = 0, n = 0;

	tap_run("rm -rf out; mkdir out");
	extract((struct extract){ .rename = true });
	while (status == 0 && n < 1000) {
		pid_t pid;

		n++;
		pid = fork();
		if (pid == 0) {
			signals_catch();
			interrupted = n;
			extract((struct extract){ .rename = n % 2 });
			_exit(says("already exists") || result.n_files ? 1 : interrupted ? 2 : 0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			status = -1;
	}
	tap_ok(n > 10 && WIFEXITED(status) && WEXITSTATUS(status) == 2 && is_all_there(27),
		"interrupted at any read, nothing is made again: read %d", n);
}

static void test_paths(void)
{
	tap_run("rm -rf out; mkdir out");
	tap_ok(extract((struct extract){ .force = true,
		       .paths = (const char *[]){ "DIR/same", "dir/same" },
		       .n_paths = 2 }) == 0 &&
			result.n_hurt == 2 && result.n_files == 1 &&
			tap_run("cmp -s tree/DIR/same out/DIR/same"),
		"directories that are only on the way: %s", told);
}

static void test_names(void)
{
	char out[OTHER_NAME_BYTES], name[256];

	other_name_make_portable(out, "a\"b*c:d<e>f?g|h\\i\n\x7f\xff. .");
	tap_ok(!strcmp(out, "a_b_c_d_e_f_g_h_i______"),
		"a name that every file system takes"
		": %s",
		out);
	memset(name, 'x', 255);
	name[255] = '\0';
	other_name_number(out, name, 12, true);
	tap_ok(strlen(out) == 255 && !strcmp(out + 250, " (12)"), "a number has room: %s", out);
	memcpy(name + 249, "\xc3\xa4.jpg", 6);
	other_name_number(out, name, 2, true);
	tap_ok(strlen(out) == 255 && !strcmp(out + 246, "x (2).jpg"), "an ending too: %s", out);
	memcpy(name + 245, "x\xc3\xa4", 3);
	other_name_number(out, name, 2, true);
	tap_ok(!strcmp(out + 245, "x (2).jpg"), "no character is cut in two: %s", out);
	other_name_number(out, ".profile", 2, true);
	tap_ok(!strcmp(out, ".profile (2)"),
		"a dot at the start begins no ending"
		": %s",
		out);
	other_name_number(out, "v1.2", 2, false);
	tap_ok(!strcmp(out, "v1.2 (2)"),
		"a directory has no ending"
		": %s",
		out);
}

int main(void)
{
	struct block_reader blocks = { .read = read_image };

	test_names();
	tap_enter_folder("/tmp");
	tap_run("mkdir -p tree/DIR/in tree/dir/in; cd tree; echo upper >README; echo lower "
		">readme; "
		"head -c 300000 /dev/urandom >README.LONG; head -c 300000 /dev/urandom "
		">README.long; ln -s upper LINK; ln -s lower link; echo f >file; ln file HARD; ln "
		"file hard; echo 1 >DIR/same; echo 2 >dir/same; echo 3 >dir/only; echo 1 "
		">DIR/in/x; "
		"echo 2 >dir/in/X; chmod 751 DIR; echo 1 >a:b; echo 2 >'a?b'; "
		"head -c 300000 /dev/urandom >large:; mkfifo fifo; mkdir d: 'd?'; echo 1 >d:/in; "
		"echo 2 "
		">'d?/in'; : >$(printf "
		"'x%.0s' $(seq 220)); find . -exec touch -hd @1000000001 {} +");
	tap_ok(make_image(), "an image is made: %s", f.what);
	blocks.n_blocks = image.n_bytes / BLOCK_BYTES;
	files = disc_files_open(&blocks, 0, &f);
	tap_ok(files != NULL, "it is opened: %s", f.what);
	if (files) {
		test_force();
		test_rename(false);
		test_rename(true);
		test_rename_again();
		test_fat(false);
		test_fat(true);
		test_interrupted();
		test_paths();
	}
	disc_files_close(files);
	free(image.bytes);
	return tap_done();
}
