/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/device_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "burn/device_use.h"
#include "burn/sink.h"
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
	fail_hint(f, "whatever is on the device would be lost; nothing was written");
	return -1;
}

/* Opens for writing, unless someone else has a hold on the device. The descriptor, or -1. */
static int open_device(const char *path, struct fail *f)
{
	struct stat st;
	int fd;

	if (stat(path, &st))
		return fail_errno(f, FAIL_DRIVE, path, "can't be opened for writing");
	if (!S_ISBLK(st.st_mode))
		return fail_set(f, FAIL_DRIVE, path, "is no block device");
	fd = open(path, O_WRONLY | O_EXCL | O_CLOEXEC);
	return fd < 0 ? open_failed(path, st.st_rdev, f) : fd;
}

static int check_size(int fd, const char *path, uint64_t announced_bytes, struct fail *f)
{
	char needs[64], has[64];
	uint64_t n_bytes;
	int is_read_only = 0;

	if (ioctl(fd, BLKROGET, &is_read_only) == 0 && is_read_only)
		return fail_set(f, FAIL_DRIVE, path, "is write-protected");
	if (ioctl(fd, BLKGETSIZE64, &n_bytes))
		return fail_errno(f, FAIL_DRIVE, path, "can't tell its size");
	if (n_bytes >= announced_bytes)
		return 0;
	return fail_set(f, FAIL_DRIVE, path, "is too small: needs %s, has %s",
		size_format(needs, sizeof needs, announced_bytes),
		size_format(has, sizeof has, n_bytes));
}

int device_sink_check(const char *path, uint64_t announced_bytes, struct fail *f)
{
	int fd = open_device(path, f), result;

	if (fd < 0)
		return -1;
	result = check_size(fd, path, announced_bytes, f);
	close(fd);
	return result;
}

int device_sink_write(struct burn_source *top, const char *path, uint64_t announced_bytes,
	const struct progress_watch *watch, uint64_t *n_bytes, struct fail *f)
{
	int fd = open_device(path, f), result = -1;

	*n_bytes = 0;
	if (fd < 0)
		return -1;
	if (check_size(fd, path, announced_bytes, f) ||
		sink_pump(top, fd, path, announced_bytes, watch, n_bytes, f))
		goto out;
	progress_tick(watch, "closing", *n_bytes, announced_bytes);
	/* the flush makes later readers see the device, not what the cache remembers */
	if (fsync(fd) || (ioctl(fd, BLKFLSBUF) && errno != EACCES && errno != EPERM)) {
		fail_errno(f, FAIL_FAILED, path, "can't be flushed");
		goto out;
	}
	result = 0;
out:
	if (close(fd) && result == 0)
		result = fail_errno(f, FAIL_FAILED, path, "can't be closed");
	return result;
}
