/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/device_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "burn/device_use.h"
#include "burn/fd_sink.h"
#include "util/size.h"

/* What a failed open means to the user. Fills f from errno. */
static int open_failed(const char *path, dev_t device, struct fail *f)
{
	char use[256];

	if (errno != EBUSY)
		return fail_errno(f, FAIL_DRIVE, path, "can't be opened for writing");
	if (device_use_find(device, use, sizeof use))
		fail_set(f, FAIL_DRIVE, path, "is in use: %s", use);
	else
		fail_set(f, FAIL_DRIVE, path,
			"is in use: mounted, swapped on, or held by another program");
	fail_hint(f, "unmount or release the device first; nothing was written");
	return -1;
}

int device_sink_open(const char *path, bool reads, struct fail *f)
{
	struct stat st;
	int fd;

	if (stat(path, &st))
		return fail_errno(f, FAIL_DRIVE, path, "can't be opened for writing");
	if (!S_ISBLK(st.st_mode))
		return fail_set(f, FAIL_DRIVE, path, "is not a block device");
	fd = open(path, (reads ? O_RDWR : O_WRONLY) | O_EXCL | O_CLOEXEC);
	return fd < 0 ? open_failed(path, st.st_rdev, f) : fd;
}

int device_sink_size(int fd, const char *path, uint64_t n_bytes, uint64_t *has, struct fail *f)
{
	char needs_text[64], has_text[64];
	int is_read_only = 0;

	if (ioctl(fd, BLKROGET, &is_read_only) == 0 && is_read_only)
		return fail_set(f, FAIL_DRIVE, path, "is write-protected");
	if (ioctl(fd, BLKGETSIZE64, has))
		return fail_errno(f, FAIL_DRIVE, path, "its size can't be determined");
	if (*has >= n_bytes)
		return 0;
	return fail_set(f, FAIL_DRIVE, path, "is too small: needs %s, has %s",
		size_format(needs_text, sizeof needs_text, n_bytes),
		size_format(has_text, sizeof has_text, *has));
}

static int check(struct sink *sink, uint64_t n_bytes, struct sink_needs *needs, struct fail *f)
{
	const char *path = ((struct fd_sink *)sink)->name;
	int fd = device_sink_open(path, false, f), result;

	*needs = (struct sink_needs){ .unit_bytes = 1 };
	if (fd < 0)
		return -1;
	result = device_sink_size(fd, path, n_bytes, &needs->capacity_bytes, f);
	close(fd);
	return result;
}

static int open_checked(struct fd_sink *s, uint64_t n_bytes, struct fail *f)
{
	uint64_t has;

	s->fd = device_sink_open(s->name, false, f);
	if (s->fd < 0)
		return -1;
	if (device_sink_size(s->fd, s->name, n_bytes, &has, f) == 0)
		return 0;
	close(s->fd);
	return -1;
}

int device_sink_flush(int fd, const char *path, struct fail *f)
{
	if (fsync(fd) || (ioctl(fd, BLKFLSBUF) && errno != EACCES && errno != EPERM))
		return fail_errno(f, FAIL_FAILED, path, "can't be flushed");
	return 0;
}

static int commit(struct fd_sink *s, struct fail *f)
{
	return device_sink_flush(s->fd, s->name, f);
}

struct sink *device_sink_new(const char *path, struct fail *f)
{
	struct fd_sink *s = calloc(1, sizeof *s);

	if (!s) {
		fail_memory(f);
		return NULL;
	}
	*s = (struct fd_sink){ .sink = { .needs = check, .reader = fd_sink_read_back },
		.name = path,
		.open = open_checked,
		.commit = commit };
	return fd_sink_new(s);
}
