/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers the kernel's requests to a mounted disc (libfuse 3, low level). */
#ifndef MOUNT_MOUNT_SERVER_H
#define MOUNT_MOUNT_SERVER_H

#include "iso/disc_files.h"
#include "util/fail.h"

/* Serves the mount point behind fuse_fd, which it closes, until it is unmounted or a signal is
 * caught; several threads answer at once. A disc doesn't change: the kernel may cache what it was
 * told forever. What can't be read is EIO, also once the medium is gone; so is the end of a damaged
 * directory, a name that it may have lost, and opening a file that lacks bytes. turn is called in
 * this thread several times a second; it may be NULL. 0, or -1 with f filled. */
int mount_server_run(const struct disc_files *files, int fuse_fd, void (*turn)(void *ctx),
	void *ctx, struct fail *f);

#endif
