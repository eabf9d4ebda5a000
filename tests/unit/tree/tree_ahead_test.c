/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that come from a disk are told of before they are opened; those in the page cache are not.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "tree/tree_ahead.h"
#include "lib/tap.h"

enum { N_FILES = 200, FILE_BYTES = 8192, TRIES = 100 * 600 };

static struct tree_file files[N_FILES];
static char names[N_FILES][16];

/* A disk that is fast enough has a small file there before anybody could wait for it. */
static bool is_slow_disk;

/* In the place of the C library's. */
ssize_t preadv2(int fd, const struct iovec *at, int n, off_t offset, int flags)
{
	if (is_slow_disk && flags & RWF_NOWAIT) {
		errno = EAGAIN;
		return -1;
	}
	return syscall(SYS_preadv2, fd, at, n, (long)offset, (long)((uint64_t)offset >> 32), flags);
}

/* True where its first page is in the page cache, which this leaves as it is. */
static bool is_cached(int i)
{
	int fd = open(names[i], O_RDONLY | O_CLOEXEC);
	void *pages = mmap(NULL, FILE_BYTES, PROT_READ, MAP_SHARED, fd, 0);
	unsigned char cached[FILE_BYTES / 1024] = { 0 };

	if (pages != MAP_FAILED) {
		mincore(pages, FILE_BYTES, cached);
		munmap(pages, FILE_BYTES);
	}
	close(fd);
	return cached[0] & 1;
}

/* What i waits for may take a disk some time. */
static bool gets_cached(int i)
{
	struct timespec nap = { 0, 10 * 1000 * 1000 };

	for (int n = 0; n < TRIES; n++) {
		if (is_cached(i))
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

static void make_files(void)
{
	char bytes[FILE_BYTES];

	for (int i = 0; i < N_FILES; i++) {
		int fd;

		snprintf(names[i], sizeof names[i], "%03d", i);
		memset(bytes, i, sizeof bytes);
		fd = open(names[i], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (fd < 0 || write(fd, bytes, sizeof bytes) != sizeof bytes || fsync(fd)) {
			perror(names[i]);
			exit(1);
		}
		close(fd);
		files[i] = (struct tree_file){ .name = names[i],
			.next = i + 1 < N_FILES ? &files[i + 1] : NULL };
		files[i].n_bytes = FILE_BYTES;
	}
}

static void drop_from_cache(void)
{
	for (int i = 0; i < N_FILES; i++) {
		int fd = open(names[i], O_RDONLY | O_CLOEXEC);

		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		close(fd);
	}
}

/* Reads files as tree_contents does. False where one is not what it was. */
static bool read_files(struct tree_ahead *a, int first, int end)
{
	bool good = true;

	for (int i = first; i < end; i++) {
		uint8_t bytes[FILE_BYTES], wanted[FILE_BYTES];
		int fd = open(names[i], O_RDONLY | O_CLOEXEC);
		size_t n = 0;
		ssize_t r;

		tree_ahead_pass(a);
		r = tree_ahead_read(a, fd, bytes, sizeof bytes);
		while (r > 0) {
			n += (size_t)r;
			r = pread(fd, bytes + n, sizeof bytes - n, (off_t)n);
		}
		memset(wanted, i, sizeof wanted);
		good = good && r == 0 && n == sizeof bytes && !memcmp(bytes, wanted, n);
		close(fd);
	}
	return good;
}

static void test_disk(void)
{
	struct tree_ahead *a = tree_ahead_new(files, &files[N_FILES - 1]);

	drop_from_cache();
	if (is_cached(N_FILES / 2)) {
		tap_skip("files from a disk", "/var/tmp is one that keeps all in memory");
		tree_ahead_free(a);
		return;
	}
	is_slow_disk = true;
	tap_ok(read_files(a, 0, 1), "the first one is read");
	tap_ok(gets_cached(10) && gets_cached(50), "and the next ones come by themselves");
	tap_ok(!is_cached(100), "but not all at once");
	tap_ok(read_files(a, 1, 60) && gets_cached(100), "more come when those are read");
	tap_ok(read_files(a, 60, N_FILES - 1), "all of them are what they were");
	tap_ok(!is_cached(N_FILES - 1), "the one behind the end is left alone");
	is_slow_disk = false;
	tree_ahead_free(a);
}

/* True where the file system tells whether a read would wait. */
static bool says_so(int i)
{
	char byte;
	struct iovec at = { &byte, 1 };
	int fd = open(names[i], O_RDONLY | O_CLOEXEC);
	bool says = read(fd, &byte, 1) == 1 && preadv2(fd, &at, 1, 0, RWF_NOWAIT) == 1;

	close(fd);
	return says;
}

static void test_cache(void)
{
	struct tree_ahead *a = tree_ahead_new(files, NULL);
	bool says = says_so(0);

	drop_from_cache();
	if (!says || is_cached(N_FILES / 2)) {
		tap_skip(
			"files in the page cache", "the file system of /var/tmp has no such thing");
		tree_ahead_free(a);
		return;
	}
	for (int i = 0; i < 10; i++) {
		int fd = open(names[i], O_RDONLY | O_CLOEXEC);
		char bytes[FILE_BYTES];

		tap_ok(read(fd, bytes, sizeof bytes) == sizeof bytes, "%s is in the cache",
			names[i]);
		close(fd);
	}
	tap_ok(read_files(a, 0, 10), "files in the cache are read");
	usleep(100 * 1000);
	tap_ok(!is_cached(15), "and nothing is told of the others");
	tree_ahead_free(a);
}

int main(void)
{
	struct tree_ahead *a;

	tap_enter_folder("/var/tmp");
	make_files();
	test_disk();
	test_cache();
	a = tree_ahead_new(NULL, NULL);
	tree_ahead_free(a);
	tree_ahead_free(NULL);
	tap_ok(a != NULL, "no files at all");
	return tap_done();
}
