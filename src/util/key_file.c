/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/io.h"

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

/* Reads and forgets what comes before the part, of a pipe too. */
static int skip(int fd, uint64_t n_bytes, const char *name, struct fail *f)
{
	struct secret *passed = secret_new(4096, f);
	bool is_there = passed;
	ssize_t r = 1;

	while (passed && n_bytes && r > 0) {
		size_t n = n_bytes < secret_size(passed) ? (size_t)n_bytes : secret_size(passed);

		r = io_read_full(fd, secret_bytes(passed), n);
		n_bytes -= r > 0 ? (uint64_t)r : 0;
	}
	secret_free(passed);
	if (r < 0)
		return fail_errno(f, FAIL_FAILED, name, "can't be read");
	if (is_there && n_bytes)
		return fail_set(f, FAIL_USAGE, name, "ends before the key begins");
	return is_there ? 0 : -1;
}

/* Exactly as many bytes. */
static struct secret *read_exactly(int fd, size_t n_bytes, const char *name, struct fail *f)
{
	struct secret *s = secret_new(n_bytes, f);
	ssize_t n = s ? io_read_full(fd, secret_bytes(s), n_bytes) : 0;

	if (!s || n == (ssize_t)n_bytes)
		return s;
	if (n < 0)
		fail_errno(f, FAIL_FAILED, name, "can't be read");
	else
		fail_set(f, FAIL_USAGE, name, "has only %zd bytes where the key has %zu", n,
			n_bytes);
	secret_free(s);
	return NULL;
}

static struct secret *read_part(
	int fd, const struct key_part *part, size_t max, const char *name, struct fail *f)
{
	if (part && part->offset && skip(fd, part->offset, name, f))
		return NULL;
	if (!part || !part->n_bytes)
		return secret_read(fd, max, name, f);
	if (part->n_bytes <= KEY_FILE_MAX)
		return read_exactly(fd, (size_t)part->n_bytes, name, f);
	fail_set(f, FAIL_USAGE, name, "a secret has at most %d bytes", KEY_FILE_MAX);
	return NULL;
}

struct secret *key_file_read(
	const char *path, const struct key_part *part, const struct messages *m, struct fail *f)
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
	s = read_part(fd, part, max, path, f);
	close(fd);
	return s;
}

struct secret *key_file_read_fd(int fd, const struct key_part *part, struct fail *f)
{
	char name[32];

	snprintf(name, sizeof name, "descriptor %d", fd);
	return read_part(fd, part, KEY_STREAM_MAX, name, f);
}
