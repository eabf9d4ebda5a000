/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/tree_contents.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "burn/stage.h"
#include "tree/tree_ahead.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

/* From here on the kernel is told that a file is read from start to end, and holes are looked for.
 */
enum { LARGE_BYTES = 4 * CHUNK_BYTES };

struct tree_contents {
	struct tree_file_set *files;
	struct tree_sums *sums; /* NULL: none */
	struct folder_cursor cursor;
	struct tree_ahead *ahead;
	struct tree_file *next; /* to be opened; NULL: none is left */
	/* the one that is being read; NULL: none */
	struct tree_file *file;
	int fd;            /* -1: none, or given up */
	uint64_t n_read;   /* of the file's own bytes */
	size_t n_pad_left; /* zeros behind them */
	bool is_sparse;
	bool is_in_hole; /* what comes next, up to this byte: */
	uint64_t run_end;
};

static void give_up(struct tree_contents *c, enum file_change change, int sys_errno)
{
	tree_file_changed(c->files, c->file, change, sys_errno);
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

/* The file of digests is in memory. */
static bool is_made_up(const struct tree_contents *c)
{
	return c->sums && c->file == c->sums->file;
}

/* It takes fewer blocks than it has bytes. Others are never asked for holes: a file system that
 * errs in them can do no harm there. */
static bool looks_sparse(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_blocks < st.st_size / SECTOR_BYTES;
}

/* Finds out whether data or a hole comes at byte at, and how far it goes. */
static void find_run(struct tree_contents *c, uint64_t at)
{
	uint64_t n_bytes = c->file->n_bytes;
	off_t end = -1;

	c->is_in_hole = false;
	c->run_end = n_bytes;
	if (!c->is_sparse)
		return;
	end = lseek(c->fd, (off_t)at, SEEK_DATA);
	if (end < 0) {
		/* nothing but a hole up to the end, be that nearer now: close_file looks */
		c->is_in_hole = errno == ENXIO;
		return;
	}
	c->is_in_hole = (uint64_t)end > at;
	if (!c->is_in_hole)
		end = lseek(c->fd, (off_t)at, SEEK_HOLE);
	if (end > (off_t)at && (uint64_t)end < n_bytes)
		c->run_end = (uint64_t)end;
}

static bool is_file(int fd, const struct tree_file *file)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_dev == file->dev && st.st_ino == file->ino;
}

/* Opens it by one of its names: the first may be gone, or another file's by now. */
static int open_by_any_name(struct tree_contents *c, const struct tree_file *file)
{
	int fd = folder_open(&c->cursor, file->folder, file->name, file->followed);

	for (const struct tree_name *n = file->others; n; n = n->next) {
		int sys_errno = errno, other;

		if (fd >= 0 && is_file(fd, file))
			break;
		other = folder_open(&c->cursor, n->folder, n->name, n->followed);
		if (other < 0) {
			errno = sys_errno;
			continue;
		}
		if (fd >= 0)
			close(fd);
		fd = other;
	}
	return fd;
}

static void open_next(struct tree_contents *c)
{
	struct tree_file *file = c->next;
	uint64_t n = file->n_bytes;

	c->file = file;
	c->next = file->next;
	c->n_read = 0;
	c->is_sparse = false;
	c->run_end = 0;
	tree_ahead_pass(c->ahead);
	c->n_pad_left = (size_t)(size_round_up(n, BLOCK_BYTES) - n);
	if (is_made_up(c))
		return;
	atomic_store_explicit(&c->files->reading, file, memory_order_relaxed);
	c->fd = open_by_any_name(c, file);
	if (c->fd < 0)
		give_up(c, FILE_UNREADABLE, errno);
	if (c->fd < 0 || n < LARGE_BYTES)
		return;
	posix_fadvise(c->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	c->is_sparse = looks_sparse(c->fd);
}

/* After the last byte: is it still what the scan saw? */
static int close_file(struct tree_contents *c, struct fail *f)
{
	struct tree_file *file = c->file;
	bool has_digest = c->sums && !is_made_up(c);

	struct stat st;
	enum file_change change;

	if (c->fd >= 0 && fstat(c->fd, &st))
		give_up(c, FILE_UNREADABLE, errno);
	if (c->fd >= 0) {
		change = tree_file_compare(c->file, &st);
		if (change != FILE_SAME)
			tree_file_changed(c->files, c->file, change, 0);
		close(c->fd);
	}
	c->fd = -1;
	c->file = NULL;
	if (!c->next)
		atomic_store_explicit(&c->files->reading, NULL, memory_order_relaxed);
	return has_digest ? tree_sums_end_file(c->sums, file, f) : 0;
}

/* Up to n bytes from byte at on, as pread(2); zeros of a hole. */
static ssize_t read_run(struct tree_contents *c, uint8_t *buf, size_t n, uint64_t at)
{
	if (at == c->run_end)
		find_run(c, at);
	if (n > c->run_end - at)
		n = (size_t)(c->run_end - at);
	if (c->is_in_hole) {
		memset(buf, 0, n);
		return (ssize_t)n;
	}
	return at == 0 ? tree_ahead_read(c->ahead, c->fd, buf, n) : pread(c->fd, buf, n, (off_t)at);
}

/* n bytes of the file; zeros where they can't be read. */
static void read_file(struct tree_contents *c, uint8_t *buf, size_t n)
{
	size_t got = 0;

	if (is_made_up(c)) {
		memcpy(buf, c->sums->text + c->n_read, n);
		c->n_read += n;
		return;
	}
	while (got < n && c->fd >= 0 && !signals_caught()) {
		ssize_t r = read_run(c, buf + got, n - got, c->n_read + got);

		if (r > 0)
			got += (size_t)r;
		else if (r == 0 || errno == ESPIPE) /* a FIFO stands in its place */
			give_up(c, FILE_SHRANK, 0);
		else if (errno != EINTR)
			give_up(c, FILE_UNREADABLE, errno);
	}
	memset(buf + got, 0, n - got);
	c->n_read += n;
	if (c->sums)
		tree_sums_update(c->sums, buf, n);
}

/* The next bytes of the file that is open, *n at most, which tells how many; closes it behind its
 * last one. */
static int read_some(struct tree_contents *c, uint8_t *buf, size_t *at_most, struct fail *f)
{
	size_t n = *at_most;
	uint64_t left = c->file->n_bytes - c->n_read;

	if (left) {
		n = left < n ? (size_t)left : n;
		read_file(c, buf, n);
	} else {
		n = c->n_pad_left < n ? c->n_pad_left : n;
		memset(buf, 0, n);
		c->n_pad_left -= n;
	}
	*at_most = n;
	/* at once: nobody asks for more behind the last file */
	if (c->n_read == c->file->n_bytes && c->n_pad_left == 0)
		return close_file(c, f);
	return 0;
}

/* Files of no bytes at the end are looked at, too. */
static int pass_empty(struct tree_contents *c, struct fail *f)
{
	while (!c->file && c->next && c->next->n_bytes == 0) {
		open_next(c);
		if (close_file(c, f))
			return -1;
	}
	return 0;
}

static int read_contents(void *ctx, struct stage *s, uint8_t *buf, size_t n)
{
	struct tree_contents *c = ctx;
	struct fail *f = &s->fail;
	size_t put = 0;

	while (put < n) {
		size_t more = n - put;

		if (pass_empty(c, f))
			return -1;
		if (!c->file)
			open_next(c);
		if (read_some(c, buf + put, &more, f))
			return -1;
		put += more;
	}
	return pass_empty(c, f);
}

static void free_contents(void *ctx)
{
	struct tree_contents *c = ctx;

	tree_ahead_free(c->ahead);
	if (c->fd >= 0)
		close(c->fd);
	folder_cursor_close(&c->cursor);
	free(c);
}

int tree_contents_init(struct image_contents *contents, struct tree_file_set *files,
	struct tree_sums *sums, struct fail *f)
{
	struct tree_contents *c = calloc(1, sizeof *c);

	/* the file of digests, the last one, is no real one */
	if (!c || !(c->ahead = tree_ahead_new(files->first, sums ? sums->file : NULL))) {
		free(c);
		return fail_memory(f);
	}
	c->files = files;
	c->sums = sums;
	c->next = files->first;
	c->fd = -1;
	*contents = (struct image_contents){ .name = "image",
		.ctx = c,
		.n_bytes = files->n_blocks * BLOCK_BYTES,
		.read = read_contents,
		.free = free_contents };
	return 0;
}
