/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/stream_sink.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "burn/sink.h"

/* A pipe of our own description that does not block, so that a reader that sleeps can't
 * keep a caught signal waiting, and the flags of the description that others share stay as
 * they are. fd itself where that can't be had. */
static int open_unblocking(int fd, const struct stat *st)
{
	char path[32];
	int own;

	if (!S_ISFIFO(st->st_mode))
		return fd;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	own = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	return own < 0 ? fd : own;
}

int stream_sink_write(struct burn_source *top, int fd, const char *name, uint64_t announced_bytes,
	const struct progress_watch *watch, uint64_t *n_bytes, struct fail *f)
{
	struct stat st;
	int out, result;

	*n_bytes = 0;
	if (fstat(fd, &st))
		return fail_errno(f, FAIL_FAILED, name, "can't be written");
	out = open_unblocking(fd, &st);
	result = sink_pump(top, out, name, announced_bytes, watch, n_bytes, f);
	if (out != fd)
		close(out);
	if (result)
		return -1;
	/* stdout may well be a file */
	progress_tick(watch, "closing", *n_bytes, announced_bytes);
	if (S_ISREG(st.st_mode) && fsync(fd))
		return fail_errno(f, FAIL_FAILED, name, "can't be flushed to the disk");
	return 0;
}
