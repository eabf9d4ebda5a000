/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/stage.h"

#include <stdlib.h>
#include <string.h>

#include "util/sector.h"

/* libburn's interface counts in int. */
enum { READ_MAX = 1 << 30, PAGE_BYTES = 4096 };

ssize_t stage_read(struct burn_source *source, uint8_t *buf, size_t n)
{
	int (*read)(struct burn_source *, unsigned char *, int) =
		source->read ? source->read : source->read_xt;
	size_t got = 0;

	while (got < n) {
		size_t want = n - got < READ_MAX ? n - got : READ_MAX;
		int r = read(source, buf + got, (int)want);

		if (r < 0)
			return -1;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

/* Fails when upstream goes on behind its announced size. */
static int check_end(struct stage *s)
{
	uint8_t more[BLOCK_BYTES];
	ssize_t n = stage_read(s->upstream, more, sizeof more);

	if (n <= 0 || atomic_load(&s->is_cancelled))
		return (int)n;
	return fail_set(&s->report->fail, FAIL_FAILED, "",
		"the data is longer than announced: %llu bytes at least, %llu were announced",
		(unsigned long long)s->taken + (unsigned long long)n,
		(unsigned long long)s->announced);
}

ssize_t stage_take(struct stage *s, uint8_t *buf, size_t n)
{
	uint64_t left = s->announced - s->taken;
	ssize_t got;

	if (s->announced && n > left)
		n = (size_t)left;
	if (n == 0)
		return 0;
	got = stage_read(s->upstream, buf, n);
	/* a cancelled source may end anywhere, which is no failure */
	if (got < 0 || atomic_load(&s->is_cancelled))
		return -1;
	s->taken += (uint64_t)got;
	if (s->announced && (size_t)got < n)
		return fail_set(&s->report->fail, FAIL_FAILED, "",
			"the data is shorter than announced: %llu bytes, %llu were announced",
			(unsigned long long)s->taken, (unsigned long long)s->announced);
	/* at once: nobody may ask for what is behind the last byte */
	if (s->announced && s->taken == s->announced && check_end(s))
		return -1;
	return got;
}

uint64_t stage_size(struct burn_source *source)
{
	off_t n = source->get_size ? source->get_size(source) : 0;

	return n > 0 ? (uint64_t)n : 0;
}

void stage_cancel(struct burn_source *source)
{
	if (source->version >= 1 && !source->read && source->cancel)
		source->cancel(source);
}

void stage_free(struct burn_source *s)
{
	if (s)
		burn_source_free(s);
}

/* Calls fill unless the stage has ended. */
static ssize_t fill(struct stage *s, uint8_t *buf)
{
	ssize_t n;

	if (s->is_failed)
		return -1;
	if (s->is_ended)
		return 0;
	n = s->fill(s, buf);
	s->is_failed = n < 0;
	s->is_ended = n == 0;
	return n;
}

/* Copies out of the chunk, which is filled anew when it is empty. */
static ssize_t read_chunk(struct stage *s, uint8_t *buf, size_t n)
{
	if (s->at == s->end) {
		ssize_t filled = fill(s, s->chunk);

		if (filled <= 0)
			return filled;
		s->at = 0;
		s->end = (size_t)filled;
	}
	if (n > s->end - s->at)
		n = s->end - s->at;
	memcpy(buf, s->chunk + s->at, n);
	s->at += n;
	return (ssize_t)n;
}

static int read_xt(struct burn_source *source, unsigned char *buf, int size)
{
	struct stage *s = source->data;
	size_t n = size > 0 ? (size_t)size : 0, got = 0;

	while (got < n) {
		bool direct = s->at == s->end && n - got >= CHUNK_BYTES;
		ssize_t r = direct ? fill(s, buf + got) : read_chunk(s, buf + got, n - got);

		if (r < 0)
			return -1;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	/* only this thread writes it */
	atomic_store_explicit(&s->report->n_bytes,
		atomic_load_explicit(&s->report->n_bytes, memory_order_relaxed) + got,
		memory_order_relaxed);
	return (int)got;
}

static off_t get_size(struct burn_source *source)
{
	struct stage *s = source->data;

	return (off_t)s->size;
}

/* What libburn decided about a track of unknown size; a note of libburn's to itself. */
static int set_size(struct burn_source *source, off_t size)
{
	struct stage *s = source->data;

	s->size = size > 0 ? (uint64_t)size : 0;
	return 1;
}

static int cancel(struct burn_source *source)
{
	struct stage *s = source->data;

	if (atomic_exchange(&s->is_cancelled, true))
		return 1;
	if (s->cancel)
		s->cancel(s);
	if (s->upstream)
		stage_cancel(s->upstream);
	return 1;
}

static void free_data(struct burn_source *source)
{
	struct stage *s = source->data;

	if (s->free)
		s->free(s);
	stage_free(s->upstream);
	free(s->chunk);
	free(s);
}

struct burn_source *stage_new(struct stage *s, struct fail *f)
{
	struct burn_source *source = calloc(1, sizeof *source);

	s->chunk = aligned_alloc(PAGE_BYTES, CHUNK_BYTES);
	if (!source || !s->chunk) {
		fail_memory(f);
		free(source);
		free(s->chunk);
		s->chunk = NULL;
		return NULL;
	}
	*source = (struct burn_source){ .refcount = 1,
		.get_size = get_size,
		.set_size = set_size,
		.free_data = free_data,
		.data = s,
		.version = 1,
		.read_xt = read_xt,
		.cancel = cancel };
	return source;
}
