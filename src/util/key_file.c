/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int key_file_open(const char *path, const struct messages *m, struct fail *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return fail_errno(f, FAIL_FAILED, path, "can't be opened");
	if (fstat(fd, &st) || S_ISDIR(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : errno;
		fail_errno(f, FAIL_FAILED, path, "can't be read");
		close(fd);
		return -1;
	}
	if (S_ISREG(st.st_mode) && st.st_mode & (S_IRGRP | S_IROTH))
		message_warn(m, "%s: other users can read this secret (mode %04o)", path,
			(unsigned)(st.st_mode & 07777));
	return fd;
}

struct secret *key_file_read(const char *path, const struct messages *m, struct fail *f)
{
	int fd = key_file_open(path, m, f);
	struct secret *s;
	struct stat st;
	size_t max = KEY_FILE_MAX;

	if (fd < 0)
		return NULL;
	/* no more locked memory than the file needs */
	if (fstat(fd, &st) == 0)
		max = S_ISREG(st.st_mode)
			      ? (size_t)(st.st_size < KEY_FILE_MAX ? st.st_size : KEY_FILE_MAX)
			      : KEY_STREAM_MAX;
	s = secret_read(fd, max, path, f);
	close(fd);
	return s;
}

struct secret *key_file_read_fd(int fd, struct fail *f)
{
	char name[32];

	snprintf(name, sizeof name, "descriptor %d", fd);
	return secret_read(fd, KEY_STREAM_MAX, name, f);
}
