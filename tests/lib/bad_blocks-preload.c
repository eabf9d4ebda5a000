/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A library to preload, with which an image file has blocks that can't be read, as a drive's medium
 * has.
 *
 *     BAD_BLOCKS_OF     the file
 *     BAD_BLOCKS        a file of lines "FIRST COUNT": which blocks of 2048 bytes
 *     BAD_BLOCKS_COUNT  a file that gets a line of each process that read blocks: how many
 *
 * A read of any of them fails with EIO. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BLOCK_BYTES = 2048, RUNS_MAX = 65536 };

static struct stat image;
static struct {
	unsigned long long first, count;
} runs[RUNS_MAX];
static size_t n_runs;
static atomic_ullong n_blocks;
static int count_fd = -1;

static void __attribute__((constructor)) start(void)
{
	const char *of = getenv("BAD_BLOCKS_OF"), *list = getenv("BAD_BLOCKS");
	const char *count = getenv("BAD_BLOCKS_COUNT");
	FILE *from = list ? fopen(list, "re") : NULL;

	if (!of || stat(of, &image))
		image = (struct stat){ 0 };
	while (from && n_runs < RUNS_MAX &&
		fscanf(from, "%llu %llu", &runs[n_runs].first, &runs[n_runs].count) == 2)
		n_runs++;
	if (from)
		fclose(from);
	if (count)
		count_fd = open(count, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

static void __attribute__((destructor)) tell(void)
{
	if (count_fd >= 0 && atomic_load(&n_blocks) > 0)
		dprintf(count_fd, "%llu\n", atomic_load(&n_blocks));
}

static bool is_image(int fd)
{
	struct stat st;

	return image.st_ino && fstat(fd, &st) == 0 && st.st_ino == image.st_ino &&
	       st.st_dev == image.st_dev;
}

static ssize_t read_image(int fd, void *buf, size_t n, long long at)
{
	unsigned long long first = (unsigned long long)at / BLOCK_BYTES;
	unsigned long long end = ((unsigned long long)at + n + BLOCK_BYTES - 1) / BLOCK_BYTES;

	if (is_image(fd)) {
		for (size_t i = 0; i < n_runs; i++)
			if (runs[i].first < end && runs[i].first + runs[i].count > first) {
				errno = EIO;
				return -1;
			}
		atomic_fetch_add(&n_blocks, end - first);
	}
	return syscall(SYS_pread64, fd, buf, n, at);
}

__attribute__((visibility("default"))) ssize_t pread64(int fd, void *buf, size_t n, off64_t at)
{
	return read_image(fd, buf, n, at);
}

__attribute__((visibility("default"))) ssize_t pread(int fd, void *buf, size_t n, off_t at)
{
	return read_image(fd, buf, n, at);
}
