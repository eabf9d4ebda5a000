/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/signals.h"

enum { POLL_MS = 200 };

/* Waits until fd is ready. 0, or -1 with EINTR once a signal was caught, ECANCELED once *stop
 * (NULL: never) is set. */
static int wait_ready(int fd, short events, const atomic_bool *stop)
{
	struct pollfd p = { .fd = fd, .events = events };

	for (;;) {
		int n;

		if (signals_caught()) {
			errno = EINTR;
			return -1;
		}
		if (stop && atomic_load(stop)) {
			errno = ECANCELED;
			return -1;
		}
		n = poll(&p, 1, POLL_MS);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -1;
	}
}

ssize_t io_read_unless(int fd, void *buf, size_t n, const atomic_bool *stop)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r;

		if (wait_ready(fd, POLLIN, stop))
			return -1;
		r = read(fd, (char *)buf + got, n - got);
		if (r == 0)
			break;
		if (r > 0)
			got += (size_t)r;
		else if (errno != EINTR && errno != EAGAIN)
			return -1;
	}
	return (ssize_t)got;
}

ssize_t io_read_full(int fd, void *buf, size_t n)
{
	return io_read_unless(fd, buf, n, NULL);
}

ssize_t io_pread_full(int fd, void *buf, size_t n, uint64_t offset)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = pread(fd, (char *)buf + got, n - got, (off_t)(offset + got));

		if (r == 0)
			break;
		if (r > 0)
			got += (size_t)r;
		else if (errno != EINTR || signals_caught())
			return -1;
	}
	return (ssize_t)got;
}

int io_pwrite_full(int fd, const void *buf, size_t n, uint64_t offset)
{
	for (size_t put = 0; put < n;) {
		ssize_t r = pwrite(fd, (const char *)buf + put, n - put, (off_t)(offset + put));

		if (r < 0 && errno != EINTR)
			return -1;
		put += r > 0 ? (size_t)r : 0;
	}
	return 0;
}

int io_write_full(int fd, const void *buf, size_t n)
{
	size_t put = 0;

	while (put < n) {
		ssize_t r;

		if (wait_ready(fd, POLLOUT, NULL))
			return -1;
		r = write(fd, (const char *)buf + put, n - put);
		if (r >= 0)
			put += (size_t)r;
		else if (errno != EINTR && errno != EAGAIN)
			return -1;
	}
	return 0;
}

static bool is_leased(int dir_fd, const char *name, int flags)
{
	struct stat st;

	return errno == EWOULDBLOCK &&
	       fstatat(dir_fd, name, &st, flags & O_NOFOLLOW ? AT_SYMLINK_NOFOLLOW : 0) == 0 &&
	       S_ISREG(st.st_mode);
}

int io_open_now(int dir_fd, const char *name, int flags)
{
	enum { NAP_MS = 50, WAIT_MS = 45000 };

	for (int waited = 0;; waited += NAP_MS) {
		int fd = openat(dir_fd, name, flags | O_NONBLOCK);

		if (fd >= 0 || !is_leased(dir_fd, name, flags))
			return fd;
		errno = EWOULDBLOCK;
		if (waited >= WAIT_MS || signals_caught())
			return -1;
		poll(NULL, 0, NAP_MS);
	}
}
