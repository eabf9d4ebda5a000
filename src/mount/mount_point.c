/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mount/mount_point.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mount/fuse.h"
#include "util/message.h"
#include "util/signals.h"

enum { WAIT_MS = 20 };

struct mount_point {
	struct fuse_session *session;
	int hidden; /* the directory that is mounted over, locked; -1: can't be */
};

static int open_dir(const char *dir)
{
	return open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Whether a line of mountinfo (proc(5)) is about this mount, and that one of ours. Blanks in names
 * are escaped there. */
static bool is_ours(const char *line, uint64_t mount)
{
	return strtoull(line, NULL, 10) == mount && strstr(line, " - fuse.xburncrypt ");
}

/* Asks nothing of what is mounted: it may be another user's, or its process may have died. */
static bool has_disc(const char *dir)
{
	struct statx st;
	char *line = NULL;
	size_t size = 0;
	bool found = false;
	FILE *file;

	if (statx(AT_FDCWD, dir, AT_STATX_DONT_SYNC, 0, &st) ||
		!(st.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		return false;
	file = fopen("/proc/self/mountinfo", "re");
	while (file && !found && getline(&line, &size, file) > 0)
		found = is_ours(line, st.stx_mnt_id);
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* False before Linux 5.8, and where statx(2) is denied: fusermount3 has the last word then. */
static bool knows_mounts(const char *dir)
{
	struct statx st;

	return statx(AT_FDCWD, dir, AT_STATX_DONT_SYNC, 0, &st) ||
	       st.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT;
}

static int fail_mounted(const char *dir, struct fail *f)
{
	char *quoted = message_shell_quote(dir);

	fail_set(f, FAIL_USAGE, dir, "already has a disc mounted on it");
	fail_hint(f, "unmount it first: xburncrypt unmount %s", quoted ? quoted : dir);
	free(quoted);
	return -1;
}

int mount_point_check(const char *dir, struct fail *f)
{
	struct stat st;

	if (has_disc(dir))
		return fail_mounted(dir, f);
	if (stat(dir, &st))
		return fail_errno(f, FAIL_USAGE, dir, "can't be used as a mount point");
	if (!S_ISDIR(st.st_mode))
		return fail_set(
			f, FAIL_USAGE, dir, "can't be used as a mount point: not a directory");
	return 0;
}

int mount_point_check_mounted(const char *dir, struct fail *f)
{
	struct stat st;

	if (has_disc(dir) || !knows_mounts(dir))
		return 0;
	if (lstat(dir, &st) && errno == ENOENT)
		return fail_errno(f, FAIL_USAGE, dir, "can't be unmounted");
	fail_set(f, FAIL_USAGE, dir, "has no disc mounted on it");
	fail_hint(f, "run \"findmnt -t fuse.xburncrypt\" to list the mounted discs");
	return -1;
}

static void close_all(struct mount_point *p)
{
	if (p->session)
		fuse_session_destroy(p->session);
	if (p->hidden >= 0)
		close(p->hidden);
	free(p);
}

struct mount_point *mount_point_new(const char *dir, struct fail *f)
{
	static const struct fuse_lowlevel_ops nothing;
	char *argv[] = { FUSE_ARGUMENT("xburncrypt"), FUSE_ARGUMENT("-o"),
		FUSE_ARGUMENT("ro,nosuid,nodev,fsname=xburncrypt,subtype=xburncrypt"), NULL };
	struct fuse_args args = FUSE_ARGS_INIT(3, argv);
	struct mount_point *p = calloc(1, sizeof *p);

	if (!p) {
		fail_memory(f);
		return NULL;
	}
	p->hidden = -1;
	fuse_hear();
	if (mount_point_check(dir, f))
		goto failed;
	p->hidden = open_dir(dir);
	if (p->hidden >= 0)
		flock(p->hidden, LOCK_SH | LOCK_NB);
	p->session = fuse_session_new(&args, &nothing, sizeof nothing, NULL);
	if (p->session && fuse_session_mount(p->session, dir) == 0)
		return p;
	fail_set(f, FAIL_FAILED, dir, "mounting failed%s%s", fuse_said()[0] ? ": " : "",
		fuse_said());
	fail_hint(f, "check that /dev/fuse and fusermount3 (package fuse3) exist, and that you "
		     "own the directory");
failed:
	close_all(p);
	return NULL;
}

int mount_point_fd(const struct mount_point *p)
{
	return fuse_session_fd(p->session);
}

void mount_point_free(struct mount_point *p)
{
	if (!p)
		return;
	fuse_session_unmount(p->session);
	close_all(p);
}

bool mount_point_wait(const char *dir, unsigned n_seconds)
{
	int fd = open_dir(dir);
	bool is_free = fd < 0;

	for (unsigned n = n_seconds * 1000 / WAIT_MS; !is_free && n && !signals_caught(); n--) {
		is_free = flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
		if (!is_free)
			poll(NULL, 0, WAIT_MS);
	}
	if (fd >= 0)
		close(fd);
	return is_free;
}
