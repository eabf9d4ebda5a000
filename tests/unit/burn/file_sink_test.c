/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink for image files, with file systems that lack what it likes best, or fail. The calls that
 * some file systems refuse are wrapped by the linker (-Wl,--wrap). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "burn/file_sink.h"
#include "lib/memory_source.h"
#include "lib/tap.h"
#include "util/request_field.h"
#include "util/sector.h"
#include "util/signals.h"

enum { N_BYTES = 5 * CHUNK_BYTES + 3 * BLOCK_BYTES, NOBODY = 65534 };

/* What the file system can't do, and how fsync fails. */
static struct {
	bool no_tmpfile, no_noreplace, no_link;
	int fsync_errno, directory_fsync_errno;
} lacks;

/* both names, as _FILE_OFFSET_BITS chooses one */
int __wrap_openat(int dir, const char *path, int flags, ...);
int __wrap_openat64(int dir, const char *path, int flags, ...);
int __real_openat64(int dir, const char *path, int flags, ...);
int __wrap_renameat2(int old_dir, const char *old, int new_dir, const char *new, unsigned flags);
int __real_renameat2(int old_dir, const char *old, int new_dir, const char *new, unsigned flags);
int __wrap_linkat(int old_dir, const char *old, int new_dir, const char *new, int flags);
int __real_linkat(int old_dir, const char *old, int new_dir, const char *new, int flags);
int __wrap_fsync(int fd);
int __real_fsync(int fd);

static int open_or_refuse(int dir, const char *path, int flags, mode_t mode)
{
	if (lacks.no_tmpfile && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return __real_openat64(dir, path, flags, mode);
}

int __wrap_openat(int dir, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	return open_or_refuse(dir, path, flags, mode);
}

int __wrap_openat64(int dir, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	return open_or_refuse(dir, path, flags, mode);
}

int __wrap_renameat2(int old_dir, const char *old, int new_dir, const char *new, unsigned flags)
{
	if (lacks.no_noreplace && flags) {
		errno = EINVAL;
		return -1;
	}
	return __real_renameat2(old_dir, old, new_dir, new, flags);
}

int __wrap_linkat(int old_dir, const char *old, int new_dir, const char *new, int flags)
{
	if (lacks.no_link) {
		errno = EPERM;
		return -1;
	}
	return __real_linkat(old_dir, old, new_dir, new, flags);
}

int __wrap_fsync(int fd)
{
	struct stat st;
	int error = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) ? lacks.directory_fsync_errno
							       : lacks.fsync_errno;

	if (error) {
		errno = error;
		return -1;
	}
	return __real_fsync(fd);
}

/* Writes a memory source's bytes to path. */
static int put_source(
	struct memory_source *m, const char *path, bool replace, uint64_t announced, struct fail *f)
{
	struct burn_source *s = memory_source_new(m);
	struct sink *sink = file_sink_new(path, replace, f);
	struct sink_result result;
	int r = sink_run(sink, s, announced, NULL, &result, f);

	if (result.is_whole != (r == 0) || (r == 0 && result.n_bytes != m->n_bytes))
		r = fail_set(f, FAIL_FAILED, path, "%llu bytes counted",
			(unsigned long long)result.n_bytes);
	sink_free(sink);
	stage_free(s);
	return r;
}

/* What the sink says beforehand. */
static int check(const char *path, bool replace, uint64_t n_bytes, struct fail *f)
{
	struct sink *sink = file_sink_new(path, replace, f);
	struct sink_needs needs;
	int r = sink->needs(sink, n_bytes, &needs, f);

	sink_free(sink);
	return r;
}

static int put(const char *path, bool replace, struct fail *f)
{
	struct memory_source m = { .n_bytes = N_BYTES };

	*f = (struct fail){ 0 };
	return put_source(&m, path, replace, N_BYTES, f);
}

static unsigned count_entries(const char *path)
{
	DIR *dir = opendir(path);
	unsigned n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n - 2; /* . and .. */
}

/* True where path holds n bytes of a memory source. */
static bool holds(const char *path, size_t n)
{
	uint8_t *want = malloc(n + 1), *got = malloc(n + 1);
	int fd = open(path, O_RDONLY);
	bool same;

	if (!want || !got)
		exit(99);
	memory_source_bytes(want, 0, n);
	same = fd >= 0 && read(fd, got, n + 1) == (ssize_t)n && memcmp(got, want, n) == 0;
	if (fd >= 0)
		close(fd);
	free(want);
	free(got);
	return same;
}

static void make_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) < 0 || fchmod(fd, mode))
		exit(99);
	close(fd);
}

static bool says(const char *path, const char *text)
{
	char buf[64] = "";
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof buf - 1);

	if (fd >= 0)
		close(fd);
	return n >= 0 && strcmp(buf, text) == 0;
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : st.st_mode & 07777;
}

/* Runs test in a folder of its own, emptied afterwards. */
static void in_folder(void (*test)(void))
{
	char folder[] = "file_sink_test-XXXXXX", command[64];

	if (!mkdtemp(folder) || chmod(folder, 0755) || chdir(folder))
		exit(99);
	test();
	if (chdir(".."))
		exit(99);
	snprintf(command, sizeof command, "rm -rf %s", folder);
	if (system(command))
		exit(99);
}

/* The exit status of a child that runs test; 128 and the signal where one ended it. */
static int in_child(int (*test)(void))
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit(test());
	if (child < 0 || waitpid(child, &status, 0) != child)
		exit(99);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void test_new(void)
{
	struct fail f;

	umask(022);
	tap_ok(put("a.img", false, &f) == 0 && holds("a.img", N_BYTES), "a new file (%s)", f.what);
	tap_ok(mode_of("a.img") == 0644, "its mode follows the umask");
	tap_ok(count_entries(".") == 1, "nothing else is in the folder");
	tap_ok(put("a.img", false, &f) == -1 && strstr(f.what, "already exists") &&
			f.field == REQUEST_REPLACE,
		"an existing file is refused");
	tap_ok(holds("a.img", N_BYTES) && count_entries(".") == 1, "and stays");
	umask(077);
	tap_ok(put("b.img", true, &f) == 0 && mode_of("b.img") == 0600,
		"replacing where there is nothing makes a new file");
	umask(022);
}

static void test_replace(void)
{
	struct fail f;

	make_file("a.img", "old", 0640);
	tap_ok(put("a.img", true, &f) == 0 && holds("a.img", N_BYTES),
		"an existing file is replaced (%s)", f.what);
	tap_ok(mode_of("a.img") == 0640, "and keeps its mode");
	tap_ok(count_entries(".") == 1, "nothing else is in the folder");
	if (mkdir("d", 0755) || mkfifo("fifo", 0600))
		exit(99);
	tap_ok(put("d", true, &f) == -1 && strstr(f.what, "is a directory"), "no directory");
	tap_ok(put("fifo", true, &f) == -1 && strstr(f.what, "not a regular file"), "nor a FIFO");
	tap_ok(put("d/", true, &f) == -1 && put("d/.", true, &f) == -1 &&
			put("..", true, &f) == -1 && put("", true, &f) == -1,
		"nor a name that is none");
}

static void test_links(void)
{
	struct fail f;

	make_file("there", "old", 0600);
	if (mkdir("d", 0755) || symlink("there", "link") || symlink("d/absent", "dangling") ||
		symlink("../dangling", "d/twice") || symlink("loop", "loop") ||
		symlink("d", "folder"))
		exit(99);
	tap_ok(put("link", false, &f) == -1, "a link to a file is that file, and exists");
	tap_ok(put("link", true, &f) == 0 && holds("there", N_BYTES), "which is replaced");
	tap_ok(readlink("link", (char[8]){ 0 }, 8) == 5, "the link stays");
	tap_ok(put("d/twice", false, &f) == 0 && holds("d/absent", N_BYTES),
		"links to nothing: the target is made (%s)", f.what);
	tap_ok(put("loop", false, &f) == -1 && f.sys_errno == ELOOP, "a loop is an error");
	tap_ok(put("folder", true, &f) == -1 && strstr(f.what, "is a directory"),
		"a link to a directory is one");
	tap_ok(put("folder/x", false, &f) == 0 && holds("d/x", N_BYTES),
		"a link on the way is followed");
}

static void test_names(void)
{
	char name[300], path[400];
	struct fail f;

	memset(name, 'n', 255);
	name[255] = '\0';
	tap_ok(put(name, false, &f) == 0 && holds(name, N_BYTES), "a name of 255 bytes");
	tap_ok(put(name, true, &f) == 0 && holds(name, N_BYTES), "replaced, too");
	strcat(name, "n");
	tap_ok(put(name, false, &f) == -1 && f.sys_errno == ENAMETOOLONG, "256 are too many");
	tap_ok(put("absent/x", false, &f) == -1 && f.sys_errno == ENOENT, "no such directory");
	make_file("file", "", 0600);
	tap_ok(put("file/x", false, &f) == -1 && f.sys_errno == ENOTDIR, "not a directory");
	if (!getcwd(path, 300))
		exit(99);
	strcat(path, "/absolute");
	tap_ok(put(path, false, &f) == 0 && holds("absolute", N_BYTES), "an absolute path");
}

static void appear(void *path)
{
	make_file(path, "someone else's", 0600);
}

static void vanish(void *path)
{
	if (unlink(path))
		exit(99);
}

static void test_race(void)
{
	static char name[] = "a.img";
	struct memory_source m = {
		.n_bytes = N_BYTES, .hook_at = CHUNK_BYTES, .hook = appear, .hook_ctx = name
	};
	struct fail f = { 0 };

	tap_ok(put_source(&m, "a.img", false, N_BYTES, &f) == -1 &&
			strstr(f.what, "created by another program"),
		"a file that appears meanwhile: an error (%s)", f.what);
	tap_ok(says("a.img", "someone else's") && count_entries(".") == 1,
		"it is not overwritten, and nothing else is left");
	m = (struct memory_source){
		.n_bytes = N_BYTES, .hook_at = CHUNK_BYTES, .hook = vanish, .hook_ctx = name
	};
	f = (struct fail){ 0 };
	tap_ok(put_source(&m, "a.img", true, N_BYTES, &f) == 0 && holds("a.img", N_BYTES),
		"one to be replaced that vanishes meanwhile is no error");
}

static void test_lengths(void)
{
	static const struct {
		uint64_t has, announced;
		bool fails;
		const char *says;
	} cases[] = {
		{ N_BYTES, N_BYTES + 1, false, "shorter than expected: 1316864 of 1316865 bytes" },
		{ 0, N_BYTES, false, "shorter than expected: 0 of" },
		{ N_BYTES + 1, N_BYTES, false, "longer than expected: more than 1316864 bytes" },
		{ N_BYTES + 9 * CHUNK_BYTES, N_BYTES, false,
			"longer than expected: more than 1316864 bytes" },
		{ 2 * CHUNK_BYTES, N_BYTES, true, "could not be read" },
		{ N_BYTES, 0, true, "could not be read" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct memory_source m = { .n_bytes = cases[i].has, .fails = cases[i].fails };
		struct fail f = { 0 };

		tap_ok(put_source(&m, "a.img", false, cases[i].announced, &f) == -1 &&
				strstr(f.what, cases[i].says),
			"%s (%s)", cases[i].says, f.what);
		tap_ok(count_entries(".") == 0, "and nothing is left");
	}
	for (uint64_t n = 0; n < 3; n++) {
		struct memory_source m = { .n_bytes = n * CHUNK_BYTES };
		struct fail f = { 0 };
		char name[] = { (char)('a' + n), '\0' };

		tap_ok(put_source(&m, name, false, 0, &f) == 0 && holds(name, m.n_bytes),
			"%llu bytes of unknown size", (unsigned long long)m.n_bytes);
	}
}

static void test_fsync(void)
{
	struct fail f;

	lacks.fsync_errno = EIO;
	tap_ok(put("a.img", false, &f) == -1 && f.sys_errno == EIO && strstr(f.what, "flushed"),
		"the file can't be flushed: an error");
	tap_ok(count_entries(".") == 0, "and nothing is left");
	make_file("old", "old", 0600);
	tap_ok(put("old", true, &f) == -1 && says("old", "old") && count_entries(".") == 1,
		"nor is anything replaced");
	lacks.fsync_errno = 0;
	lacks.directory_fsync_errno = EIO;
	tap_ok(put("a.img", false, &f) == -1 && f.sys_errno == EIO && count_entries(".") == 1,
		"the directory can't be flushed: an error, nothing is left");
	lacks.directory_fsync_errno = EINVAL;
	tap_ok(put("a.img", false, &f) == 0, "one that has nothing to flush is fine");
	lacks.directory_fsync_errno = 0;
}

static int write_with_limit(void)
{
	struct rlimit limit = { 3 * CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 1 };
	struct fail f;

	signals_catch();
	if (setrlimit(RLIMIT_FSIZE, &limit))
		return 99;
	return put("a.img", false, &f) == -1 && f.sys_errno == EFBIG && f.hint[0] ? 0 : 1;
}

static void test_limit(void)
{
	tap_ok(in_child(write_with_limit) == 0, "a limit on file sizes is an error, no death");
	tap_ok(count_entries(".") == 0, "and nothing is left");
}

static void raise_term(void *unused)
{
	(void)unused;
	raise(SIGTERM);
}

static int write_and_be_stopped(void)
{
	struct memory_source m = {
		.n_bytes = N_BYTES, .hook_at = 2 * CHUNK_BYTES, .hook = raise_term
	};
	struct fail f = { 0 };

	signals_catch();
	return put_source(&m, "a.img", true, N_BYTES, &f) == -1 && f.code == FAIL_FAILED &&
			       strcmp(f.what, "interrupted") == 0
		       ? 0
		       : 1;
}

static int write_and_be_killed(void)
{
	struct memory_source m = {
		.n_bytes = N_BYTES, .hook_at = 2 * CHUNK_BYTES, .hook = raise_term
	};
	struct fail f = { 0 };

	return put_source(&m, "a.img", true, N_BYTES, &f);
}

static void test_signals(void)
{
	tap_ok(in_child(write_and_be_stopped) == 0, "a caught signal ends writing");
	tap_ok(count_entries(".") == 0, "nothing is left");
	make_file("a.img", "old", 0600);
	tap_ok(in_child(write_and_be_stopped) == 0 && says("a.img", "old") &&
			count_entries(".") == 1,
		"what was to be replaced is as it was");
	tap_ok(in_child(write_and_be_killed) == 128 + SIGTERM && says("a.img", "old"),
		"also after a signal that is not caught");
	if (lacks.no_tmpfile)
		tap_ok(count_entries(".") == 2, "which leaves the recognisable temporary file");
	else
		tap_ok(count_entries(".") == 1, "which leaves nothing else");
}

struct ticks {
	unsigned n;
	bool grows;
	struct progress last_writing, last;
};

static void count_tick(void *ctx, const struct progress *p)
{
	struct ticks *t = ctx;

	t->grows = t->grows && p->n_bytes >= t->last.n_bytes;
	t->n++;
	t->last = *p;
	if (strcmp(p->phase, "writing") == 0)
		t->last_writing = *p;
}

static void test_ticks(void)
{
	struct memory_source m = { .n_bytes = N_BYTES, .nap_us = 60000 };
	struct burn_source *s = memory_source_new(&m);
	struct ticks t = { .grows = true };
	struct progress_watch watch = { .tick = count_tick, .ctx = &t };
	struct fail f = { 0 };
	struct sink *sink = file_sink_new("a.img", false, &f);
	struct sink_result result;

	tap_ok(sink_run(sink, s, N_BYTES, &watch, &result, &f) == 0 && result.n_bytes == N_BYTES &&
			result.is_whole && result.was_begun,
		"written while someone watches");
	sink_free(sink);
	tap_ok(t.n >= 4 && t.n <= 9 && t.grows && t.last.drive_buffer_percent == -1,
		"about ten ticks a second (%u)", t.n);
	tap_ok(t.last_writing.n_bytes == N_BYTES && t.last_writing.n_total == N_BYTES &&
			strcmp(t.last.phase, "closing") == 0,
		"the last ones: all is written, closing");
	stage_free(s);
}

static void test_check(void)
{
	struct fail f = { 0 };

	tap_ok(check("a.img", false, N_BYTES, &f) == 0 && count_entries(".") == 0,
		"looking beforehand changes nothing");
	make_file("a.img", "old", 0600);
	tap_ok(check("a.img", true, 0, &f) == 0 && says("a.img", "old"),
		"nor does it where a file is to be replaced");
	tap_ok(check("a.img", false, 0, &f) == -1 && strstr(f.what, "exists"),
		"an existing file is refused");
	f = (struct fail){ 0 };
	tap_ok(check("b.img", false, (uint64_t)1 << 60, &f) == -1 && f.sys_errno == ENOSPC &&
			strstr(f.what, "needs 1,152,921,504,606,846,976"),
		"so is more than fits (%s)", f.what);
}

/* Status 0 where an unprivileged, undumpable process can write here, and not into others' folders.
 */
static int write_unprivileged(void)
{
	struct fail f = { 0 };

	if (setgid(NOBODY) || setuid(NOBODY) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return 99;
	if (put("own/a.img", false, &f) || !holds("own/a.img", N_BYTES))
		return 1;
	if (put("own/a.img", true, &f) || !holds("own/a.img", N_BYTES))
		return 2;
	if (put("others/a.img", false, &f) != -1 || f.sys_errno != EACCES)
		return 3;
	f = (struct fail){ 0 };
	if (check("others/a.img", false, 0, &f) != -1 || f.sys_errno != EACCES)
		return 4;
	if (put("sticky/root", true, &f) != -1 || f.sys_errno != EPERM)
		return 5;
	return 0;
}

static void test_unprivileged(void)
{
	if (geteuid() != 0) {
		tap_skip("an unprivileged process", "needs root to become one");
		return;
	}
	if (mkdir("own", 0755) || chown("own", NOBODY, NOBODY) || mkdir("others", 0755) ||
		mkdir("sticky", 0) || chmod("sticky", 01777))
		exit(99);
	make_file("sticky/root", "old", 0666);
	tap_ok(in_child(write_unprivileged) == 0,
		"unprivileged and undumpable: own folders only, no one else's sticky file");
}

/* Status 0 where a file system of 1 MiB behaves; 77: can't be mounted. */
static int write_to_small_disk(void)
{
	struct memory_source m = { .n_bytes = N_BYTES };
	struct fail f = { 0 };

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mkdir("small", 0755) || mount("none", "small", "tmpfs", 0, "size=1m"))
		return 77;
	if (put("small/a.img", false, &f) != -1 || f.sys_errno != ENOSPC ||
		!strstr(f.what, "needs 1,316,864 bytes (1.3 MB), but its file system has only 1,0"))
		return 1;
	if (m.n_reads != 0)
		return 2;
	f = (struct fail){ 0 };
	if (put_source(&m, "small/a.img", false, 0, &f) != -1 || f.sys_errno != ENOSPC)
		return 3;
	if (count_entries("small") != 0)
		return 4;
	f = (struct fail){ 0 };
	m = (struct memory_source){ .n_bytes = 3 * CHUNK_BYTES };
	if (put_source(&m, "small/a.img", false, m.n_bytes, &f) || !holds("small/a.img", m.n_bytes))
		return 5;
	return 0;
}

static void test_small_disk(void)
{
	int status = in_child(write_to_small_disk);

	if (status == 77)
		tap_skip("a full file system", "tmpfs can't be mounted here (needs root)");
	else
		tap_ok(status == 0,
			"a file system that is too small: told first, or when full (%d)", status);
}

static void test_all(const char *name)
{
	tap_note("%s", name);
	in_folder(test_new);
	in_folder(test_replace);
	in_folder(test_links);
	in_folder(test_names);
	in_folder(test_race);
	in_folder(test_lengths);
	in_folder(test_fsync);
	in_folder(test_limit);
	in_folder(test_signals);
	in_folder(test_unprivileged);
	in_folder(test_small_disk);
}

int main(void)
{
	const char *folder = getenv("TMPDIR");
	int fd;

	/* where an unprivileged process gets to */
	if (chdir(folder ? folder : "/tmp"))
		return 99;
	/* not everywhere */
	fd = open(".", O_TMPFILE | O_WRONLY, 0600);
	lacks.no_tmpfile = fd < 0;
	if (fd >= 0)
		close(fd);
	test_all("the file system as it is");
	lacks.no_tmpfile = true;
	test_all("one without O_TMPFILE");
	lacks.no_noreplace = true;
	test_all("nor RENAME_NOREPLACE");
	lacks.no_link = true;
	test_all("nor links");
	memset(&lacks, 0, sizeof lacks);
	in_folder(test_ticks);
	in_folder(test_check);
	return tap_done();
}
