/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/free_space.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "util/size.h"

#ifndef FUSE_SUPER_MAGIC /* not in the headers before Linux 5.16 */
#define FUSE_SUPER_MAGIC 0x65735546
#endif

/* True where numbers of free blocks say little about how much fits: compression, or a limit that
 * only the file system knows. */
static bool has_elastic_space(const struct statfs *s)
{
	const uint32_t zfs = 0x2fc12fc1, bcachefs = 0xca451a4e;
	uint32_t type = (uint32_t)s->f_type; /* signed, and of 32 or 64 bits */

	return s->f_blocks == 0 || type == BTRFS_SUPER_MAGIC || type == F2FS_SUPER_MAGIC ||
	       type == FUSE_SUPER_MAGIC || type == zfs || type == bcachefs;
}

int free_space_check(
	int fd, const char *path, uint64_t has_bytes, uint64_t end_bytes, struct fail *f)
{
	const uint64_t fat_max = UINT32_MAX; /* 4 GiB - 1 */
	uint64_t more = end_bytes > has_bytes ? end_bytes - has_bytes : 0, n_free;
	char needs[64], has[64];
	struct statfs s;

	if (more == 0 || fstatfs(fd, &s))
		return 0;
	if (s.f_type == MSDOS_SUPER_MAGIC && end_bytes > fat_max) {
		fail_set(f, FAIL_FAILED, path,
			"needs %s, but a file on FAT must be smaller than 4 GiB",
			size_format(needs, sizeof needs, end_bytes));
		return -1;
	}
	n_free = (uint64_t)s.f_bsize * (uint64_t)(geteuid() == 0 ? s.f_bfree : s.f_bavail);
	if (has_elastic_space(&s) || more <= n_free)
		return 0;
	errno = ENOSPC;
	return fail_errno(f, FAIL_FAILED, path, "needs %s, but its file system has only %s left",
		size_format(needs, sizeof needs, more), size_format(has, sizeof has, n_free));
}
