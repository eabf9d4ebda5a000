/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A directory with a FUSE file system on it (libfuse 3; fuse(4)), before and after it is served.
 *
 * Mounting and unmounting execute fusermount3, so it belongs in a process outside the sandbox; the
 * one that serves gets the descriptor. */
#ifndef MOUNT_MOUNT_POINT_H
#define MOUNT_MOUNT_POINT_H

#include <stdbool.h>

#include "util/fail.h"

struct mount_point;

/* FAIL_USAGE: dir is not a directory, or a disc is mounted on it already. 0, or -1 with f filled.
 */
int mount_point_check(const char *dir, struct fail *f);

/* FAIL_USAGE: none of our discs is mounted on dir; what else is mounted there is left alone. 0, or
 * -1 with f filled. */
int mount_point_check_mounted(const char *dir, struct fail *f);

/* Checks with mount_point_check, and mounts, read-only, without set-user-ids and devices. NULL with
 * f filled. */
struct mount_point *mount_point_new(const char *dir, struct fail *f);

/* The kernel's end; the mount point's. */
int mount_point_fd(const struct mount_point *p);

/* Unmounts, unless somebody has already; programs that still are in it see it end. Called once the
 * process that serves has ended. NULL does nothing. */
void mount_point_free(struct mount_point *p);

/* After dir was unmounted: waits for mount_point_free, which holds a shared lock on the directory
 * beneath (flock(2)) until then; at most n_seconds, or until a signal is caught. False: it is still
 * held. True also where dir can't be locked. */
bool mount_point_wait(const char *dir, unsigned n_seconds);

#endif
