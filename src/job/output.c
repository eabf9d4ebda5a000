/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/output.h"

#include <errno.h>
#include <limits.h>
#include <linux/major.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "drive/drive.h"
#include "job/request.h"
#include "util/new_file.h"

static int refuse_terminal(const char *path, struct fail *f)
{
	fail_set(f, FAIL_USAGE, path, "is a terminal");
	fail_hint(f, "name a file or a drive, or pipe the output into a program");
	return -1;
}

enum { SERIAL_LINES = 64 }; /* minor numbers of TTY_MAJOR from here on */

/* True for a character device that is a terminal. */
static bool is_terminal(const struct stat *st)
{
	unsigned n = major(st->st_rdev);
	struct stat mine;

	/* by number, without opening the device (Linux: Documentation/admin-guide/devices.txt) */
	if ((n == TTY_MAJOR && minor(st->st_rdev) < SERIAL_LINES) || n == TTYAUX_MAJOR ||
		(n >= UNIX98_PTY_SLAVE_MAJOR && n < UNIX98_PTY_SLAVE_MAJOR + 8))
		return true;
	for (int fd = 0; fd < 3; fd++)
		if (isatty(fd) && fstat(fd, &mine) == 0 && mine.st_rdev == st->st_rdev)
			return true;
	return false;
}

/* True where a file that is made at path would lie among the devices. Shared memory is a place for
 * files. */
static bool is_below_dev(const char *path)
{
	char dir[PATH_MAX];

	return new_file_directory(path, dir) == 0 &&
	       (strcmp(dir, "/dev") == 0 || strncmp(dir, "/dev/", 5) == 0) &&
	       strcmp(dir, "/dev/shm") != 0 && strncmp(dir, "/dev/shm/", 9) != 0;
}

static int classify_missing(const char *path, struct output *o, struct fail *f)
{
	if (errno != ENOENT)
		return fail_errno(f, FAIL_FAILED, path, "can't be accessed");
	if (is_below_dev(path)) {
		fail_set(f, FAIL_DRIVE, path, "no such drive");
		fail_hint(f, "check that the drive is connected and switched on; run \"xburncrypt "
			     "drives\" for a list");
		return -1;
	}
	o->kind = OUTPUT_FILE;
	return 0;
}

static int classify_device(
	const char *path, const struct output_consent *consent, struct output *o, struct fail *f)
{
	if (!consent->overwrite_device) {
		fail_set(f, FAIL_DRIVE, path, "is a block device, but not an optical drive");
		return fail_field(f, REQUEST_OVERWRITE);
	}
	o->kind = OUTPUT_DEVICE;
	return 0;
}

static int classify_file(
	const char *path, const struct output_consent *consent, struct output *o, struct fail *f)
{
	if (!consent->replace_file) {
		fail_set(f, FAIL_USAGE, path, "already exists");
		return fail_field(f, REQUEST_REPLACE);
	}
	o->kind = OUTPUT_FILE;
	return 0;
}

/* True for stdout's names: written straight, wherever it leads, and the summary goes elsewhere. */
static bool is_stdout(const char *path)
{
	static const char *const names[] = { "-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(path, names[i]) == 0)
			return true;
	return false;
}

int output_classify(
	const char *path, const struct output_consent *consent, struct output *o, struct fail *f)
{
	struct stat st;

	o->path = is_stdout(path) ? "-" : path;
	o->kind = OUTPUT_STREAM;
	if (is_stdout(path))
		return isatty(STDOUT_FILENO) ? refuse_terminal("stdout", f) : 0;
	if (path[0] == '\0')
		return fail_set(f, FAIL_USAGE, "\"\"", "the output's name is empty");
	if (path[strlen(path) - 1] == '/' && access(path, F_OK))
		return fail_set(f, FAIL_USAGE, path,
			"ends in a slash; the output must be a drive or a file");
	if (stat(path, &st))
		return classify_missing(path, o, f);
	if (S_ISDIR(st.st_mode)) {
		fail_set(f, FAIL_USAGE, path,
			"is a directory; the output must be a drive or a file");
		fail_hint(f, "name a file in that directory, such as %s%sdisc.img", path,
			path[strlen(path) - 1] == '/' ? "" : "/");
		return -1;
	}
	if (S_ISREG(st.st_mode))
		return classify_file(path, consent, o, f);
	if (drive_is_one(path)) {
		o->kind = OUTPUT_DRIVE;
		return 0;
	}
	if (S_ISBLK(st.st_mode))
		return classify_device(path, consent, o, f);
	if (S_ISSOCK(st.st_mode))
		return fail_set(
			f, FAIL_USAGE, path, "is a socket; the output must be a drive or a file");
	if (S_ISCHR(st.st_mode) && is_terminal(&st))
		return refuse_terminal(path, f);
	return 0;
}

static bool is_same_object(const struct stat *a, const struct stat *b)
{
	if (S_ISBLK(a->st_mode) && S_ISBLK(b->st_mode))
		return a->st_rdev == b->st_rdev;
	return S_ISREG(a->st_mode) && a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

const char *output_name(const struct output *o)
{
	return strcmp(o->path, "-") == 0 ? "stdout" : o->path;
}

int output_check_apart(const struct output *o, const char *path, struct fail *f)
{
	struct stat output, read;
	bool is_stdin = strcmp(path, "-") == 0;

	if (o->kind == OUTPUT_STREAM || stat(o->path, &output) ||
		(is_stdin ? fstat(STDIN_FILENO, &read) : stat(path, &read)) ||
		!is_same_object(&output, &read))
		return 0;
	path = is_stdin ? "stdin" : path;
	fail_set(f, FAIL_USAGE, path, "is also the output and would be overwritten");
	return fail_field(f, REQUEST_OUTPUT);
}
