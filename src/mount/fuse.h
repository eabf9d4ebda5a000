/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libfuse, as the mounting needs it: its header in one version, and its words, which it would
 * print. Private to src/mount. */
#ifndef MOUNT_FUSE_H
#define MOUNT_FUSE_H

#define FUSE_USE_VERSION 34
#include <fuse3/fuse_lowlevel.h>

/* A literal among the arguments of fuse_args, which are not written to. */
#define FUSE_ARGUMENT(text) ((char *)(uintptr_t)(text))

/* Keeps from now on what libfuse says. */
void fuse_hear(void);

/* Its last words, without a line end; "" for none. Static, of the thread that asks. */
const char *fuse_said(void);

#endif
