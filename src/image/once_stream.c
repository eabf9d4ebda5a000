/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/once_stream.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "image/isofs.h"
#include "util/sector.h"

struct once_stream {
	struct burn_source *upstream;
	uint64_t n_bytes;
	/* libisofs' writer thread's own, until has_failed is set */
	uint8_t *buf;
	size_t at, end;
	uint64_t n_taken; /* from upstream */
	bool was_opened;
	struct fail fail;
	atomic_bool has_failed, is_cancelled; /* any thread */
};

struct once_stream *once_stream_new(struct burn_source *upstream, uint64_t n_bytes, struct fail *f)
{
	struct once_stream *s = calloc(1, sizeof *s);

	if (!s || !(s->buf = malloc(CHUNK_BYTES))) {
		fail_errno(f, FAIL_FAILED, "", "no memory");
		free(s);
		return NULL;
	}
	s->upstream = upstream;
	s->n_bytes = n_bytes;
	return s;
}

void once_stream_free(struct once_stream *s)
{
	if (!s)
		return;
	free(s->buf);
	free(s);
}

bool once_stream_has_failed(struct once_stream *s)
{
	return atomic_load(&s->has_failed);
}

const struct fail *once_stream_fail(const struct once_stream *s)
{
	return &s->fail;
}

void once_stream_cancel(struct once_stream *s)
{
	struct burn_source *up = s->upstream;

	if (atomic_exchange(&s->is_cancelled, true) || !up)
		return;
	if (up->version >= 1 && !up->read && up->cancel)
		up->cancel(up);
}

/* From upstream; fewer than n bytes only at its end. -1 for an error. */
static ssize_t read_upstream(struct once_stream *s, uint8_t *buf, size_t n)
{
	struct burn_source *up = s->upstream;
	size_t got = 0;

	while (got < n) {
		int r = up->read ? up->read(up, buf + got, (int)(n - got))
				 : up->read_xt(up, buf + got, (int)(n - got));

		if (r < 0)
			return -1;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

/* With the last byte comes the end: it is asked for before that byte is handed out. */
static int check_end(struct once_stream *s)
{
	uint8_t more[BLOCK_BYTES];
	ssize_t n = read_upstream(s, more, sizeof more);

	if (n <= 0 || atomic_load(&s->is_cancelled))
		return (int)n;
	return fail_set(&s->fail, FAIL_FAILED, "",
		"the volume is longer than announced: %llu bytes at least, %llu were announced",
		(unsigned long long)s->n_taken + (unsigned long long)n,
		(unsigned long long)s->n_bytes);
}

static int fill(struct once_stream *s)
{
	uint64_t left = s->n_bytes - s->n_taken;
	size_t want = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
	ssize_t got = atomic_load(&s->is_cancelled) ? -1 : read_upstream(s, s->buf, want);

	/* a cancelled source may end anywhere, which is no failure to tell of */
	if (got < 0 || atomic_load(&s->is_cancelled))
		return -1;
	s->n_taken += (uint64_t)got;
	if ((size_t)got < want)
		return fail_set(&s->fail, FAIL_FAILED, "",
			"the volume is shorter than announced: %llu bytes, %llu were announced",
			(unsigned long long)s->n_taken, (unsigned long long)s->n_bytes);
	if (s->n_taken == s->n_bytes && check_end(s))
		return -1;
	s->at = 0;
	s->end = (size_t)got;
	return 0;
}

static int give_up(struct once_stream *s)
{
	atomic_store(&s->has_failed, true);
	return ISO_FILE_READ_ERROR;
}

static int open_stream(IsoStream *stream)
{
	struct once_stream *s = stream->data;

	if (s->was_opened || !s->upstream) {
		fail_set(&s->fail, FAIL_FAILED, "", "the volume can't be read a second time");
		return give_up(s);
	}
	s->was_opened = true;
	return ISO_SUCCESS;
}

static int close_stream(IsoStream *stream)
{
	(void)stream;
	return ISO_SUCCESS;
}

static off_t get_size(IsoStream *stream)
{
	return (off_t)((struct once_stream *)stream->data)->n_bytes;
}

static int read_stream(IsoStream *stream, void *buf, size_t count)
{
	struct once_stream *s = stream->data;
	size_t put = 0;

	while (put < count) {
		size_t n;

		if (s->at == s->end) {
			if (s->n_taken == s->n_bytes)
				break;
			if (atomic_load(&s->has_failed) || fill(s))
				return give_up(s);
		}
		n = s->end - s->at;
		n = n < count - put ? n : count - put;
		memcpy((uint8_t *)buf + put, s->buf + s->at, n);
		s->at += n;
		put += n;
	}
	return (int)put;
}

static int is_repeatable(IsoStream *stream)
{
	(void)stream;
	return 0;
}

/* File system 0, device 0: "the inode number is a serial number" (libisofs.h, serial_id). */
static void get_id(IsoStream *stream, unsigned int *fs_id, dev_t *dev_id, ino_t *ino_id)
{
	(void)stream;
	*fs_id = 0;
	*dev_id = 0;
	*ino_id = 1;
}

static void free_stream(IsoStream *stream)
{
	(void)stream; /* struct once_stream is the caller's */
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

struct iso_stream *once_stream_for_libisofs(struct once_stream *s)
{
	IsoStream *stream = calloc(1, sizeof *stream);

	if (stream)
		*stream = (IsoStream){ .class = &stream_class, .refcount = 1, .data = s };
	return stream;
}
