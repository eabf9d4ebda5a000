/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/block_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/io.h"
#include "util/sector.h"

int block_reader_read(
	struct block_reader *r, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	if (lba > r->n_blocks || n > r->n_blocks - lba) {
		char object[32];

		snprintf(object, sizeof object, "LBA %llu", (unsigned long long)lba);
		return fail_set(f, FAIL_FAILED, object,
			"is beyond the end of the medium (%llu blocks)",
			(unsigned long long)r->n_blocks);
	}
	return r->read(r->ctx, lba, n, buf, f);
}

void block_reader_free(struct block_reader *r)
{
	if (!r)
		return;
	r->free(r->ctx);
	free(r);
}

/* A file or block device. */
struct medium {
	int fd;
	int direct; /* past the kernel's cache, whose pages hold several blocks; -1: not possible */
	bool pads;  /* the last block with zeros */
	uint64_t n_blocks; /* whole ones: the tail comes behind them */
};

/* One block of a device: a page of the cache that has a bad block must not hide the good one. */
static int read_direct(const struct medium *m, uint64_t lba, uint8_t *buf)
{
	_Alignas(4096) uint8_t block[BLOCK_BYTES];
	ssize_t got = -1;

	if (m->direct >= 0)
		got = pread(m->direct, block, sizeof block, (off_t)(lba * BLOCK_BYTES));
	if (got != (ssize_t)sizeof block)
		return -1;
	memcpy(buf, block, sizeof block);
	return 0;
}

static int fail_block(uint64_t lba, ssize_t got, struct fail *f)
{
	char object[32];

	snprintf(object, sizeof object, "LBA %llu", (unsigned long long)lba);
	if (got < 0)
		return fail_errno(f, FAIL_FAILED, object, "can't be read");
	return fail_set(f, FAIL_FAILED, object, "can't be read: the file ends there");
}

static int read_file(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	const struct medium *m = ctx;
	size_t want = (size_t)n * BLOCK_BYTES;
	ssize_t got = io_pread_full(m->fd, buf, want, lba * BLOCK_BYTES);

	if (got == (ssize_t)want)
		return 0;
	if (got < 0 && errno == EINTR)
		return fail_block(lba, got, f);
	/* block by block: which one it is has to be told, and those before it are wanted */
	for (uint32_t i = 0; i < n; i++) {
		uint8_t *block = buf + (size_t)i * BLOCK_BYTES;

		got = io_pread_full(m->fd, block, BLOCK_BYTES, (lba + i) * BLOCK_BYTES);
		if ((m->pads || lba + i == m->n_blocks) && got > 0 && got < BLOCK_BYTES)
			memset(block + got, 0, BLOCK_BYTES - (size_t)got);
		else if (got != BLOCK_BYTES && read_direct(m, lba + i, block))
			return fail_block(lba + i, got, f);
	}
	return 0;
}

enum { ONCE_BLOCKS = 32 };

/* A part that goes to a device as one command. errno as of pread(2). */
static bool read_command(const struct medium *m, uint64_t lba, uint32_t n, uint8_t *buf)
{
	_Alignas(4096) uint8_t aligned[ONCE_BLOCKS * BLOCK_BYTES];
	size_t want = (size_t)n * BLOCK_BYTES;
	ssize_t got = -1;

	errno = EINVAL;
	if (m->direct >= 0)
		got = pread(m->direct, aligned, want, (off_t)(lba * BLOCK_BYTES));
	/* not a device, or one whose blocks are larger than ours */
	if (got < 0 && errno == EINVAL)
		return io_pread_full(m->fd, buf, want, lba * BLOCK_BYTES) == (ssize_t)want;
	if (got == (ssize_t)want)
		memcpy(buf, aligned, want);
	return got == (ssize_t)want;
}

static int read_once(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	for (uint32_t i = 0, part; i < n; i += part) {
		part = n - i < ONCE_BLOCKS ? n - i : ONCE_BLOCKS;
		errno = 0;
		if (!read_command(ctx, lba + i, part, buf + (size_t)i * BLOCK_BYTES))
			return fail_block(lba + i, errno ? -1 : 0, f);
	}
	return 0;
}

static void close_file(void *ctx)
{
	struct medium *m = ctx;

	if (m->direct >= 0)
		close(m->direct);
	if (m->fd >= 0)
		close(m->fd);
	free(m);
}

static int fail_open(const char *path, struct fail *f)
{
	bool is_device = strncmp(path, "/dev/", 5) == 0;

	if (is_device && errno == ENOENT) {
		fail_set(f, FAIL_DRIVE, path, "no such drive");
		fail_hint(f, "check that the drive is connected and switched on; run \"xburncrypt "
			     "drives\" for a list");
		return -1;
	}
	if (errno == ENOMEDIUM)
		return fail_set(f, FAIL_DRIVE, path, "no medium in the drive");
	/* as with a source to burn */
	if (errno == ENOENT)
		return fail_errno(f, FAIL_USAGE, path, "can't be opened");
	fail_errno(f, is_device ? FAIL_DRIVE : FAIL_FAILED, path, "can't be opened");
	if (is_device && errno == EACCES)
		fail_hint(f, "join the group cdrom, to which drives usually belong");
	return -1;
}

/* Refuses what offers no random access. */
static int check_kind(mode_t mode, const char *path, struct fail *f)
{
	if (S_ISREG(mode) || S_ISBLK(mode))
		return 0;
	if (S_ISDIR(mode))
		return fail_set(f, FAIL_USAGE, path, "is a directory; give a drive or an image");
	return fail_set(f, FAIL_USAGE, path,
		"is neither a drive nor a file; reading a disc needs random access");
}

/* Without waiting for whoever writes into a FIFO. */
static int open_medium(struct medium *m, const char *path, off_t *end, struct fail *f)
{
	struct stat st;

	if (stat(path, &st))
		return fail_open(path, f);
	if (check_kind(st.st_mode, path, f))
		return -1;
	m->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (m->fd < 0 || fstat(m->fd, &st))
		return fail_open(path, f);
	if (check_kind(st.st_mode, path, f))
		return -1;
	if (S_ISBLK(st.st_mode))
		m->direct = open(path, O_RDONLY | O_CLOEXEC | O_DIRECT);
	*end = lseek(m->fd, 0, SEEK_END);
	return *end < 0 ? fail_open(path, f) : 0;
}

static struct block_reader *open_file(const char *path, bool pads, struct fail *f)
{
	struct block_reader *r = calloc(1, sizeof *r);
	struct medium *m = calloc(1, sizeof *m);
	off_t end = 0;

	if (!r || !m) {
		fail_memory(f);
		goto failed;
	}
	*m = (struct medium){ .fd = -1, .direct = -1, .pads = pads };
	if (open_medium(m, path, &end, f)) {
		close_file(m);
		m = NULL;
		goto failed;
	}
	if (end < BLOCK_BYTES && !pads) {
		fail_set(f, FAIL_MISMATCH, path, "is too short for a disc, an image or a header");
		close_file(m);
		m = NULL;
		goto failed;
	}
	m->n_blocks = (uint64_t)end / BLOCK_BYTES;
	*r = (struct block_reader){ .read = read_file,
		.free = close_file,
		.ctx = m,
		.n_blocks = ((uint64_t)end + (pads ? BLOCK_BYTES - 1 : 0)) / BLOCK_BYTES,
		.n_tail_bytes = pads ? 0 : (uint32_t)(end % BLOCK_BYTES) };
	return r;

failed:
	free(m);
	free(r);
	return NULL;
}

struct block_reader *block_reader_open_file(const char *path, struct fail *f)
{
	return open_file(path, false, f);
}

struct block_reader *block_reader_open_once(const char *path, struct fail *f)
{
	struct block_reader *r = open_file(path, false, f);

	if (r)
		r->read = read_once;
	return r;
}

struct block_reader *block_reader_open_padded(const char *path, struct fail *f)
{
	return open_file(path, true, f);
}

/* A part of another reader. */
struct window {
	struct block_reader *whole;
	uint64_t first;
};

static int read_window(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	struct window *w = ctx;

	return block_reader_read(w->whole, w->first + lba, n, buf, f);
}

struct block_reader *block_reader_window(
	struct block_reader *whole, uint64_t first, uint64_t n_blocks, struct fail *f)
{
	struct block_reader *r = calloc(1, sizeof *r);
	struct window *w = calloc(1, sizeof *w);

	if (!r || !w) {
		free(r);
		free(w);
		fail_memory(f);
		return NULL;
	}
	*w = (struct window){ whole, first };
	*r = (struct block_reader){
		.read = read_window, .free = free, .ctx = w, .n_blocks = n_blocks
	};
	return r;
}

/* What another reader has from a byte on. */
struct rest {
	struct block_reader *whole;
	uint64_t first; /* the block that it begins in, behind n_skipped bytes */
	uint32_t n_skipped;
};

/* One block of the whole; its tail, and what lies behind that, filled up with zeros. */
static int read_whole(struct rest *r, uint64_t lba, uint8_t *block, struct fail *f)
{
	if (lba < r->whole->n_blocks)
		return block_reader_read(r->whole, lba, 1, block, f);
	if (lba == r->whole->n_blocks && r->whole->n_tail_bytes)
		return r->whole->read(r->whole->ctx, lba, 1, block, f);
	memset(block, 0, BLOCK_BYTES);
	return 0;
}

/* A block that is made of the ends of two. */
static int read_across(struct rest *r, uint64_t lba, uint8_t *buf, struct fail *f)
{
	size_t n = BLOCK_BYTES - r->n_skipped;
	uint8_t block[BLOCK_BYTES];

	if (read_whole(r, r->first + lba, block, f))
		return -1;
	memcpy(buf, block + r->n_skipped, n);
	if (read_whole(r, r->first + lba + 1, block, f))
		return -1;
	memcpy(buf + n, block, r->n_skipped);
	return 0;
}

/* Many at once: those of the whole, moved up, and the start of the one behind them. */
static int read_moved(struct rest *r, uint64_t lba, uint32_t n, uint8_t *buf)
{
	size_t n_moved = (size_t)n * BLOCK_BYTES - r->n_skipped;
	uint8_t block[BLOCK_BYTES];

	if (block_reader_read(r->whole, r->first + lba, n, buf, NULL) ||
		read_whole(r, r->first + lba + n, block, NULL))
		return -1;
	memmove(buf, buf + r->n_skipped, n_moved);
	memcpy(buf + n_moved, block, r->n_skipped);
	return 0;
}

static int read_rest(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	struct rest *r = ctx;
	uint64_t n_whole = r->whole->n_blocks;

	if (r->n_skipped == 0 && r->first + lba + n <= n_whole)
		return block_reader_read(r->whole, r->first + lba, n, buf, f);
	if (n > 1 && read_moved(r, lba, n, buf) == 0)
		return 0;
	for (uint32_t i = 0; i < n; i++)
		if (read_across(r, lba + i, buf + (size_t)i * BLOCK_BYTES, f))
			return -1;
	return 0;
}

struct block_reader *block_reader_rest(
	struct block_reader *whole, uint64_t first_byte, struct fail *f)
{
	uint64_t n_whole = whole->n_blocks * BLOCK_BYTES + whole->n_tail_bytes;
	uint64_t n = first_byte < n_whole ? n_whole - first_byte : 0;
	struct block_reader *r = calloc(1, sizeof *r);
	struct rest *rest = calloc(1, sizeof *rest);

	if (!r || !rest) {
		free(r);
		free(rest);
		fail_memory(f);
		return NULL;
	}
	*rest = (struct rest){ whole, first_byte / BLOCK_BYTES,
		(uint32_t)(first_byte % BLOCK_BYTES) };
	*r = (struct block_reader){ .read = read_rest,
		.free = free,
		.ctx = rest,
		.n_blocks = n / BLOCK_BYTES,
		.n_tail_bytes = (uint32_t)(n % BLOCK_BYTES) };
	return r;
}

static int read_memory(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	const uint8_t *bytes = ctx;

	(void)f;
	memcpy(buf, bytes + lba * BLOCK_BYTES, (size_t)n * BLOCK_BYTES);
	return 0;
}

struct block_reader block_reader_in_memory(const uint8_t *bytes, uint64_t n_blocks)
{
	return (struct block_reader){
		.read = read_memory, .ctx = (void *)(uintptr_t)bytes, .n_blocks = n_blocks
	};
}
