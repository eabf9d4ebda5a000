/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/grow_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "burn/device_sink.h"
#include "burn/fd_sink.h"
#include "util/free_space.h"
#include "util/io.h"
#include "util/sector.h"
#include "util/signals.h"

struct grow_sink {
	struct fd_sink base; /* first */
	bool is_device;
	bool is_cut; /* the file no longer has its old length */
	const uint64_t *start_lba;
	off_t old_bytes;
	void (*free_base)(struct sink *s);
};

static uint64_t start_byte(const struct grow_sink *s)
{
	return *s->start_lba * BLOCK_BYTES;
}

/* What n_bytes from the start on need, against what there is. */
static int check_room(const struct grow_sink *s, uint64_t n_bytes, uint64_t *room, struct fail *f)
{
	uint64_t end = start_byte(s) + n_bytes, size;

	*room = 0;
	if (!s->is_device)
		return free_space_check(s->base.fd, s->base.name, (uint64_t)s->old_bytes, end, f);
	if (device_sink_size(s->base.fd, s->base.name, end, &size, f))
		return -1;
	*room = size - start_byte(s);
	return 0;
}

static int check(struct sink *sink, uint64_t n_bytes, struct sink_needs *needs, struct fail *f)
{
	const struct grow_sink *s = (struct grow_sink *)sink;

	*needs = (struct sink_needs){ .unit_bytes = 1, .start_lba = *s->start_lba };
	return check_room(s, n_bytes, &needs->capacity_bytes, f);
}

static int go_to_start(struct fd_sink *base, uint64_t n_bytes, struct fail *f)
{
	struct grow_sink *s = (struct grow_sink *)base;
	off_t at = (off_t)start_byte(s);
	uint64_t room;

	if (check_room(s, n_bytes, &room, f))
		return -1;
	if (!s->is_device) {
		s->is_cut = true;
		if (ftruncate(base->fd, at))
			return fail_errno(f, FAIL_FAILED, base->name, "can't be cut to its data");
	}
	if (lseek(base->fd, at, SEEK_SET) != at)
		return fail_errno(f, FAIL_FAILED, base->name, "can't be written");
	return 0;
}

static int flush(const struct grow_sink *s, struct fail *f)
{
	if (s->is_device)
		return device_sink_flush(s->base.fd, s->base.name, f);
	if (fsync(s->base.fd))
		return fail_errno(f, FAIL_FAILED, s->base.name, "can't be flushed to the disk");
	return 0;
}

static int commit(struct fd_sink *base, struct fail *f)
{
	return flush((struct grow_sink *)base, f);
}

/* No signal ends it halfway. */
static int put(
	const struct grow_sink *s, const uint8_t *bytes, size_t n, uint64_t at, struct fail *f)
{
	if (io_pwrite_full(s->base.fd, bytes, n, at))
		return fail_errno(f, FAIL_FAILED, s->base.name, "can't be written");
	return flush(s, f);
}

/* Where even the old blocks can't be written again, the new ones may be there: the data that they
 * tell of stays, then, too. */
static int replace(struct grow_sink *s, const uint8_t *blocks, uint8_t *old, size_t n, uint64_t at,
	struct fail *f)
{
	if (signals_caught())
		return fail_set(f, FAIL_FAILED, "", "interrupted");
	if (io_pread_full(s->base.fd, old, n, at) != (ssize_t)n)
		return fail_errno(f, FAIL_FAILED, s->base.name, "can't be read");
	if (put(s, blocks, n, at, f) == 0) {
		s->is_cut = false;
		return 0;
	}
	if (put(s, old, n, at, NULL))
		s->is_cut = false;
	return -1;
}

static int rewrite(
	struct sink *sink, uint64_t lba, uint32_t n_blocks, const uint8_t *blocks, struct fail *f)
{
	size_t n = (size_t)n_blocks * BLOCK_BYTES;
	uint8_t *old = malloc(n);
	int result = -1;

	if (old)
		result = replace((struct grow_sink *)sink, blocks, old, n, lba * BLOCK_BYTES, f);
	else
		fail_memory(f);
	free(old);
	return result;
}

static void free_grown(struct sink *sink)
{
	struct grow_sink *s = (struct grow_sink *)sink;

	/* where that fails, what lies behind the end is met as after a kill */
	if (s->is_cut)
		(void)!ftruncate(s->base.fd, s->old_bytes);
	close(s->base.fd);
	s->free_base(sink);
}

/* The file, locked; its length into *n. The descriptor, or -1. */
static int open_file(const char *path, off_t *n, struct fail *f)
{
	int fd = io_open_now(AT_FDCWD, path, O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	if (fd < 0) {
		fail_errno(f, FAIL_FAILED, path, "can't be opened for writing");
		if (f && (f->sys_errno == EACCES || f->sys_errno == EROFS))
			fail_hint(
				f, "the file itself grows: make it writable, or append to a copy");
		return -1;
	}
	if (fstat(fd, &st))
		fail_errno(f, FAIL_FAILED, path, "can't be opened for writing");
	else if (!S_ISREG(st.st_mode))
		fail_set(f, FAIL_FAILED, path, "is not a regular file");
	else if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		fail_set(f, FAIL_FAILED, path, "is in use: another xburncrypt appends to it");
	else {
		*n = st.st_size;
		return fd;
	}
	close(fd);
	return -1;
}

struct sink *grow_sink_new(
	const char *path, bool is_device, const uint64_t *start_lba, struct fail *f)
{
	off_t old_bytes = 0;
	int fd = is_device ? device_sink_open(path, true, f) : open_file(path, &old_bytes, f);
	struct grow_sink *s;

	if (fd < 0)
		return NULL;
	s = calloc(1, sizeof *s);
	if (!s) {
		fail_memory(f);
		close(fd);
		return NULL;
	}
	s->base = (struct fd_sink){ .sink = { .needs = check, .reader = fd_sink_read_back },
		.name = path,
		.is_all_or_nothing = !is_device,
		.was_given_descriptor = true,
		.fd = fd,
		.open = go_to_start,
		.commit = commit };
	s->is_device = is_device;
	s->start_lba = start_lba;
	s->old_bytes = old_bytes;
	fd_sink_new(&s->base);
	s->base.sink.rewrite = rewrite;
	s->free_base = s->base.sink.free;
	s->base.sink.free = free_grown;
	return &s->base.sink;
}
