/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gives up what a program that reads a stranger's disc does not need: Landlock
 * (Linux: Documentation/userspace-api/landlock.rst) for files, a seccomp filter
 * (Documentation/userspace-api/seccomp_filter.rst) for system calls. Neither needs root.
 *
 * Afterwards the process reads and writes what it has open; opens files for reading in the system's
 * libraries only; makes, writes and removes files beneath the directories that are named; starts
 * threads, but no program and no process; changes modes and attributes of what is open only; has
 * no network, no mounts, no ptrace, and of ioctl(2) only what a terminal's echo takes.
 */
#ifndef UTIL_SANDBOX_H
#define UTIL_SANDBOX_H

#include <stdbool.h>

#include "util/fail.h"
#include "util/message.h"

struct sandbox_needs {
	const char *writable_dir;     /* NULL: only what is open already is written */
	const char *also_writable[2]; /* NULL: no other */
	const char *readable_dir;     /* NULL: only what is open already is read */
	bool terminal;                /* /dev/tty is opened later, to ask for something */
};

/* Permanent, for all present and future threads. If the kernel has only one of the two, that one is
 * used; if it has neither, there is a warning. 0, or -1 with f filled. Called once, in the main
 * thread, before others are started. */
int sandbox_enter(const struct sandbox_needs *needs, const struct messages *m, struct fail *f);

#endif
