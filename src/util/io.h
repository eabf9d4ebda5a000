/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read(2) and write(2) that go on after an interruption and short counts.
 *
 * All return -1 with errno set; a caught signal (util/signals.h) ends them with
 * EINTR, unless they say otherwise.
 */
#ifndef UTIL_IO_H
#define UTIL_IO_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reads n bytes; fewer only at the end of the file. Waits with poll(2), so that a signal that
 * another thread received ends it within 0.2 s. Returns the bytes read. */
ssize_t io_read_full(int fd, void *buf, size_t n);

/* The same; also ends, with ECANCELED and within 0.2 s, once another thread has set *stop. */
ssize_t io_read_unless(int fd, void *buf, size_t n, const atomic_bool *stop);

/* pread(2) likewise. */
ssize_t io_pread_full(int fd, void *buf, size_t n, uint64_t offset);

/* openat(2) that does not wait for a FIFO or a device (O_NONBLOCK is added to flags), but waits for
 * a lease on a regular file (fcntl(2), F_SETLEASE: a file server's oplock), which the kernel has
 * broken at the first try: up to 45 s, /proc/sys/fs/lease-break-time by default. The descriptor, or
 * -1. */
int io_open_now(int dir_fd, const char *name, int flags);

/* pwrite(2) of all n bytes. A caught signal does not end it. 0 or -1. */
int io_pwrite_full(int fd, const void *buf, size_t n, uint64_t offset);

/* Writes all n bytes. 0 or -1. */
int io_write_full(int fd, const void *buf, size_t n);

#endif
