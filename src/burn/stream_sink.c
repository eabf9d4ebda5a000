/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/stream_sink.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "burn/fd_sink.h"

static int check(struct sink *sink, uint64_t n_bytes, struct sink_needs *needs, struct fail *f)
{
	(void)sink, (void)n_bytes, (void)f;
	*needs = (struct sink_needs){ .unit_bytes = 1 };
	return 0;
}

/* A pipe of our own description that does not block, so that a reader that sleeps can't keep a
 * caught signal waiting, and the flags of the description that others share stay as they are. fd
 * itself where it can't be opened. */
static int unblocking(int fd, const struct stat *st)
{
	char path[32];
	int own;

	if (!S_ISFIFO(st->st_mode))
		return fd;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	own = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	return own < 0 ? fd : own;
}

static int open_stream(struct fd_sink *s, uint64_t n_bytes, struct fail *f)
{
	struct stat st;
	int fd = s->fd, own;

	(void)n_bytes;
	if (!s->was_given_descriptor)
		fd = open(s->name, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fail_errno(f, FAIL_FAILED, s->name, "can't be opened for writing");
	if (fstat(fd, &st))
		return fail_errno(f, FAIL_FAILED, s->name, "can't be written");
	own = unblocking(fd, &st);
	if (own == fd) {
		s->fd = fd;
		return 0;
	}
	if (!s->was_given_descriptor)
		close(fd);
	s->was_given_descriptor = false;
	s->fd = own;
	return 0;
}

static int commit(struct fd_sink *s, struct fail *f)
{
	struct stat st;

	/* stdout may well be a file */
	if (fstat(s->fd, &st) == 0 && S_ISREG(st.st_mode) && fsync(s->fd))
		return fail_errno(f, FAIL_FAILED, s->name, "can't be flushed to the disk");
	return 0;
}

static int read_nothing(struct sink *sink, struct block_reader **reader, struct fail *f)
{
	(void)sink, (void)f;
	*reader = NULL;
	return 0;
}

struct sink *stream_sink_new(const char *path, int fd, struct fail *f)
{
	struct fd_sink *s = calloc(1, sizeof *s);

	if (!s) {
		fail_memory(f);
		return NULL;
	}
	*s = (struct fd_sink){ .sink = { .needs = check, .reader = read_nothing },
		.name = path,
		.was_given_descriptor = fd >= 0,
		.fd = fd,
		.open = open_stream,
		.commit = commit };
	return fd_sink_new(s);
}
