/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a tree of files to measure with; the same one each time.
 *
 *     make_trees big N-FILES MEBIBYTES FOLDER      files of random bytes
 *     make_trees small N-FILES MAX-BYTES FOLDER    250 a directory, of 1 to MAX-BYTES random bytes
 *     make_trees source N-FILES MAX-BYTES FOLDER   text, 15 a directory, four levels deep, most of
 *                                                  them small, a few of MAX-BYTES
 *     make_trees sparse N-FILES MEBIBYTES FOLDER   files of nothing but holes */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUF_BYTES = 1 << 20 };

static uint64_t seed = 0x9e3779b97f4a7c15u;
static unsigned char buf[BUF_BYTES];

/* xorshift64* (Marsaglia; Vigna) */
static uint64_t next_random(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * 0x2545f4914f6cdd1du;
}

static void die(const char *what)
{
	fprintf(stderr, "make_trees: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void fill(int is_text)
{
	static const char words[] = "int struct return size_t if (for) static const char *buf;\n\t";

	for (size_t i = 0; i < BUF_BYTES; i += 8) {
		uint64_t r = next_random();

		for (size_t k = 0; k < 8; k++, r >>= 8)
			buf[i + k] = is_text ? (unsigned char)words[(r & 255) % (sizeof words - 1)]
					     : (unsigned char)r;
	}
}

static int create(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0)
		die(path);
	return fd;
}

/* Out of the buffer, from a place of its own, over and over. */
static void put_file(const char *path, uint64_t n_bytes)
{
	int fd = create(path);

	while (n_bytes > 0) {
		size_t at = next_random() % (BUF_BYTES / 2);
		size_t n = n_bytes < BUF_BYTES - at ? (size_t)n_bytes : BUF_BYTES - at;

		if (write(fd, buf + at, n) != (ssize_t)n)
			die(path);
		n_bytes -= n;
	}
	if (close(fd))
		die(path);
}

static void make_directory(const char *path)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		die(path);
}

static void make_big(unsigned long n, uint64_t n_bytes, int is_sparse)
{
	char path[64];

	for (unsigned long i = 0; i < n; i++) {
		snprintf(path, sizeof path, "file-%lu", i);
		if (!is_sparse) {
			fill(0);
			put_file(path, n_bytes);
		} else {
			int fd = create(path);

			if (ftruncate(fd, (off_t)n_bytes) || close(fd))
				die(path);
		}
	}
}

static void make_small(unsigned long n, uint64_t max)
{
	char path[64];

	for (unsigned long i = 0; i < n; i++) {
		snprintf(path, sizeof path, "d%05lu", i / 250);
		if (i % 250 == 0)
			make_directory(path);
		snprintf(path, sizeof path, "d%05lu/file-%03lu.dat", i / 250, i % 250);
		put_file(path, 1 + next_random() % max);
	}
}

/* Half of the files below 7 KiB, the sizes spread as in a tree of sources. */
static uint64_t source_bytes(uint64_t max)
{
	double u = (double)(next_random() >> 11) / (double)(1ull << 53);
	double bytes = 7168 * pow(u / (1 - u + 1e-9), 0.8);

	return bytes < 1 ? 1 : bytes > (double)max ? max : (uint64_t)bytes;
}

static void make_source(unsigned long n, uint64_t max)
{
	char path[128];

	for (unsigned long i = 0; i < n; i++) {
		unsigned long d = i / 15;

		snprintf(path, sizeof path, "sub%lu", d / 48);
		make_directory(path);
		snprintf(path, sizeof path, "sub%lu/module-%lu", d / 48, d / 4 % 12);
		make_directory(path);
		snprintf(path, sizeof path, "sub%lu/module-%lu/part%lu", d / 48, d / 4 % 12, d % 4);
		make_directory(path);
		snprintf(path, sizeof path, "sub%lu/module-%lu/part%lu/source_file_%lu.c", d / 48,
			d / 4 % 12, d % 4, i % 15);
		put_file(path, source_bytes(max));
	}
}

int main(int argc, char **argv)
{
	unsigned long n;
	uint64_t size;

	if (argc != 5) {
		fprintf(stderr, "usage: make_trees big|small|source|sparse N-FILES SIZE FOLDER\n");
		return 2;
	}
	n = strtoul(argv[2], NULL, 10);
	size = strtoull(argv[3], NULL, 10);
	make_directory(argv[4]);
	if (chdir(argv[4]))
		die(argv[4]);
	fill(!strcmp(argv[1], "source"));
	if (!strcmp(argv[1], "small"))
		make_small(n, size);
	else if (!strcmp(argv[1], "source"))
		make_source(n, size);
	else
		make_big(n, size << 20, !strcmp(argv[1], "sparse"));
	return 0;
}
