/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/tree_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image/isofs.h"
#include "util/sector.h"
#include "util/signals.h"

enum {
	N_BUCKETS_FIRST = 1024,
	READ_BYTES = CHUNK_BYTES,
	/* from here on the kernel is told that a file is read from start to end */
	ADVISE_BYTES = 4 * CHUNK_BYTES,
};

int tree_file_set_init(struct tree_file_set *s, struct arena *arena, struct fail *f)
{
	*s = (struct tree_file_set){ .arena = arena, .fd = -1, .n_buckets = N_BUCKETS_FIRST };
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->gate_moved, NULL);
	s->changed_end = &s->changed;
	s->buckets = calloc(s->n_buckets, sizeof *s->buckets);
	s->buf = malloc(READ_BYTES);
	if (s->buckets && s->buf)
		return 0;
	fail_errno(f, FAIL_FAILED, "", "no memory");
	tree_file_set_clear(s);
	return -1;
}

void tree_file_set_clear(struct tree_file_set *s)
{
	free(s->buckets);
	free(s->buf);
	s->buckets = NULL;
	s->buf = NULL;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	folder_cursor_close(&s->cursor);
	pthread_cond_destroy(&s->gate_moved);
	pthread_mutex_destroy(&s->lock);
}

void tree_file_set_gate(struct tree_file_set *s, enum tree_file_gate gate)
{
	pthread_mutex_lock(&s->lock);
	s->gate = gate;
	pthread_cond_broadcast(&s->gate_moved);
	pthread_mutex_unlock(&s->lock);
}

/* Waits while the gate is closed. True where files are to be read. */
static bool pass_gate(struct tree_file_set *s)
{
	bool is_open;

	pthread_mutex_lock(&s->lock);
	while (s->gate == GATE_CLOSED)
		pthread_cond_wait(&s->gate_moved, &s->lock);
	is_open = s->gate == GATE_OPEN;
	pthread_mutex_unlock(&s->lock);
	return is_open;
}

static size_t bucket_of(dev_t dev, ino_t ino, size_t n_buckets)
{
	uint64_t h = (uint64_t)ino * 0x9e3779b97f4a7c15u ^ (uint64_t)dev * 0xc2b2ae3d27d4eb4fu;

	return (size_t)(h >> 20) & (n_buckets - 1);
}

/* Doubles the table once it is full; without memory it stays as it is, and only gets slower. */
static void grow(struct tree_file_set *s)
{
	size_t n = 2 * s->n_buckets;
	struct tree_file **buckets;

	if (s->n_files < s->n_buckets)
		return;
	buckets = calloc(n, sizeof *buckets);
	if (!buckets)
		return;
	for (size_t i = 0; i < s->n_buckets; i++) {
		while (s->buckets[i]) {
			struct tree_file *file = s->buckets[i];
			size_t at = bucket_of(file->dev, file->ino, n);

			s->buckets[i] = file->next_same_hash;
			file->next_same_hash = buckets[at];
			buckets[at] = file;
		}
	}
	free(s->buckets);
	s->buckets = buckets;
	s->n_buckets = n;
}

static bool is_same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool is_same_file(const struct tree_file *file, const struct stat *st)
{
	return file->dev == st->st_dev && file->ino == st->st_ino &&
	       file->n_bytes == (uint64_t)st->st_size && is_same_time(file->mtime, st->st_mtim) &&
	       is_same_time(file->ctime, st->st_ctim);
}

struct tree_file *tree_file_add(struct tree_file_set *s, const struct folder *folder,
	const char *name, bool followed, const struct stat *st, bool *is_new)
{
	struct tree_file *file, **bucket;

	grow(s);
	bucket = &s->buckets[bucket_of(st->st_dev, st->st_ino, s->n_buckets)];
	*is_new = false;
	for (file = *bucket; file; file = file->next_same_hash)
		if (is_same_file(file, st))
			return file;
	file = arena_alloc(s->arena, sizeof *file);
	if (!file)
		return NULL;
	*file = (struct tree_file){ .folder = folder,
		.name = name,
		.followed = followed,
		.n_bytes = (uint64_t)st->st_size,
		.mtime = st->st_mtim,
		.ctime = st->st_ctim,
		.dev = st->st_dev,
		.ino = st->st_ino,
		.serial = ++s->n_files,
		.set = s,
		.next_same_hash = *bucket };
	*bucket = file;
	*is_new = true;
	return file;
}

/* The first change stays: what comes later follows from it. */
static void remember(struct tree_file *file, enum file_change change, int sys_errno)
{
	struct tree_file_set *s = file->set;

	if (file->change != FILE_SAME || signals_caught())
		return;
	file->change = change;
	file->sys_errno = sys_errno;
	*s->changed_end = file;
	s->changed_end = &file->next_changed;
	s->n_changed++;
}

static void give_up(struct tree_file *file, enum file_change change, int sys_errno)
{
	remember(file, change, sys_errno);
	if (file->set->fd >= 0)
		close(file->set->fd);
	file->set->fd = -1;
}

static int open_stream(IsoStream *stream)
{
	struct tree_file *file = stream->data;
	struct tree_file_set *s = file->set;

	s->n_buf = s->at_buf = 0;
	s->n_read = 0;
	s->fd = -1;
	if (!pass_gate(s))
		return ISO_SUCCESS;
	s->fd = folder_open(&s->cursor, file->folder, file->name, file->followed);
	if (s->fd < 0)
		give_up(file, FILE_UNREADABLE, errno);
	else if (file->n_bytes >= ADVISE_BYTES)
		posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return ISO_SUCCESS;
}

/* After the last byte: is it still what the walk saw? */
static void check_unchanged(struct tree_file *file)
{
	struct stat st;

	if (fstat(file->set->fd, &st))
		remember(file, FILE_UNREADABLE, errno);
	else if (!S_ISREG(st.st_mode))
		remember(file, FILE_MODIFIED, 0);
	else if ((uint64_t)st.st_size != file->n_bytes)
		remember(file, (uint64_t)st.st_size < file->n_bytes ? FILE_SHRANK : FILE_GREW, 0);
	else if (!is_same_time(st.st_mtim, file->mtime))
		remember(file, FILE_MODIFIED, 0);
}

static int close_stream(IsoStream *stream)
{
	struct tree_file *file = stream->data;
	struct tree_file_set *s = file->set;

	if (s->fd >= 0) {
		check_unchanged(file);
		close(s->fd);
	}
	s->fd = -1;
	return ISO_SUCCESS;
}

static off_t get_size(IsoStream *stream)
{
	return (off_t)((struct tree_file *)stream->data)->n_bytes;
}

/* Reads n bytes into the buffer; zeros where they can't be read. */
static void fill(struct tree_file *file, size_t n)
{
	struct tree_file_set *s = file->set;
	size_t got = 0;

	while (got < n && s->fd >= 0 && !signals_caught()) {
		ssize_t r = read(s->fd, s->buf + got, n - got);

		if (r > 0)
			got += (size_t)r;
		else if (r == 0)
			give_up(file, FILE_SHRANK, 0);
		else if (errno != EINTR)
			give_up(file, FILE_UNREADABLE, errno);
	}
	memset(s->buf + got, 0, n - got);
	s->n_buf = n;
	s->at_buf = 0;
	s->n_read += n;
}

static int read_stream(IsoStream *stream, void *buf, size_t count)
{
	struct tree_file *file = stream->data;
	struct tree_file_set *s = file->set;
	size_t put = 0;

	while (put < count) {
		uint64_t rest = file->n_bytes - s->n_read;
		size_t n;

		if (s->at_buf == s->n_buf) {
			if (rest == 0)
				break;
			fill(file, rest < READ_BYTES ? (size_t)rest : READ_BYTES);
		}
		n = s->n_buf - s->at_buf;
		n = n < count - put ? n : count - put;
		memcpy((uint8_t *)buf + put, s->buf + s->at_buf, n);
		s->at_buf += n;
		put += n;
	}
	return (int)put;
}

static int is_repeatable(IsoStream *stream)
{
	(void)stream;
	return 1;
}

/* File system 0, device 0: "the inode number is a serial number" (libisofs.h, serial_id). */
static void get_id(IsoStream *stream, unsigned int *fs_id, dev_t *dev_id, ino_t *ino_id)
{
	*fs_id = 0;
	*dev_id = 0;
	*ino_id = (ino_t)((struct tree_file *)stream->data)->serial;
}

static void free_stream(IsoStream *stream)
{
	((struct tree_file *)stream->data)->stream = NULL;
}

static int update_size(IsoStream *stream)
{
	(void)stream;
	return ISO_SUCCESS;
}

static IsoStream *get_input_stream(IsoStream *stream, int flag)
{
	(void)stream;
	(void)flag;
	return NULL;
}

static IsoStreamIface stream_class = {
	.version = 2,
	.type = { 'u', 's', 'e', 'r' },
	.open = open_stream,
	.close = close_stream,
	.get_size = get_size,
	.read = read_stream,
	.is_repeatable = is_repeatable,
	.get_id = get_id,
	.free = free_stream,
	.update_size = update_size,
	.get_input_stream = get_input_stream,
};

struct iso_stream *tree_file_stream(struct tree_file *file)
{
	if (file->stream) {
		iso_stream_ref(file->stream);
		return file->stream;
	}
	file->stream = calloc(1, sizeof *file->stream);
	if (!file->stream)
		return NULL;
	*file->stream = (IsoStream){ .class = &stream_class, .refcount = 1, .data = file };
	return file->stream;
}
