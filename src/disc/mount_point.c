/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/mount_point.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "disc/fuse.h"

struct mount_point {
	struct fuse_session *session;
};

static int check_dir(const char *dir, struct fail *f)
{
	struct stat st;

	if (stat(dir, &st))
		return fail_errno(f, FAIL_USAGE, dir, "can't be mounted on");
	if (!S_ISDIR(st.st_mode))
		return fail_set(
			f, FAIL_USAGE, dir, "is no directory: nothing can be mounted on it");
	return 0;
}

struct mount_point *mount_point_new(const char *dir, struct fail *f)
{
	static const struct fuse_lowlevel_ops nothing;
	char *argv[] = { FUSE_ARGUMENT("xburncrypt"), FUSE_ARGUMENT("-o"),
		FUSE_ARGUMENT("ro,nosuid,nodev,fsname=xburncrypt,subtype=xburncrypt"), NULL };
	struct fuse_args args = FUSE_ARGS_INIT(3, argv);
	struct mount_point *p = calloc(1, sizeof *p);

	if (!p) {
		errno = ENOMEM;
		fail_errno(f, FAIL_FAILED, dir, "can't be mounted on");
		return NULL;
	}
	fuse_hear();
	if (check_dir(dir, f))
		goto failed;
	p->session = fuse_session_new(&args, &nothing, sizeof nothing, NULL);
	if (p->session && fuse_session_mount(p->session, dir) == 0)
		return p;
	fail_set(f, FAIL_FAILED, dir, "can't be mounted on%s%s", fuse_said()[0] ? ": " : "",
		fuse_said());
	fail_hint(f, "this takes /dev/fuse and fusermount3 (the package fuse3), and a directory of "
		     "your own");
failed:
	if (p->session)
		fuse_session_destroy(p->session);
	free(p);
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
	fuse_session_destroy(p->session);
	free(p);
}
