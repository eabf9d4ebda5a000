/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/io.h"

enum { READ_BYTES = 512 * 1024 };

void identity_init(struct identity *i)
{
	/* one for all: closing it waits for the kernel each time */
	i->inotify = inotify_init1(IN_CLOEXEC);
}

/* A watch on an open file, which says nothing. -1: none. */
static int watch(const struct identity *i, int fd)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return i->inotify < 0 ? -1 : inotify_add_watch(i->inotify, path, IN_MOVE_SELF);
}

enum inodes { INODES_ONE, INODES_TWO, INODES_UNKNOWN };

static enum inodes compare_inodes(const struct identity *i, int a, int b)
{
	int watch_a = watch(i, a), watch_b = watch(i, b);

	if (watch_a >= 0)
		inotify_rm_watch(i->inotify, watch_a);
	if (watch_b >= 0 && watch_b != watch_a)
		inotify_rm_watch(i->inotify, watch_b);
	if (watch_a < 0 || watch_b < 0)
		return INODES_UNKNOWN;
	return watch_a == watch_b ? INODES_ONE : INODES_TWO;
}

static bool has_links(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_nlink > 1;
}

static bool are_contents_equal(int a, int b)
{
	uint8_t *buf = malloc(2 * READ_BYTES);
	bool are_equal = buf != NULL, is_end = false;

	for (uint64_t at = 0; are_equal && !is_end; at += READ_BYTES) {
		ssize_t n = io_pread_full(a, buf, READ_BYTES, at);

		are_equal = n >= 0 && io_pread_full(b, buf + READ_BYTES, READ_BYTES, at) == n &&
			    memcmp(buf, buf + READ_BYTES, (size_t)n) == 0;
		is_end = n < READ_BYTES;
	}
	free(buf);
	return are_equal;
}

bool identity_is_one(struct identity *i, int a, int b)
{
	return compare_inodes(i, a, b) == INODES_ONE ||
	       (has_links(a) && has_links(b) && are_contents_equal(a, b));
}

bool identity_is_known_other(struct identity *i, int a, int b)
{
	return compare_inodes(i, a, b) == INODES_TWO;
}

void identity_clear(struct identity *i)
{
	if (i->inotify >= 0)
		close(i->inotify);
	i->inotify = -1;
}
