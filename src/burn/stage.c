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
	return fail_set(&s->fail, FAIL_FAILED, s->name,
		"the data is longer than expected: more than %llu bytes",
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
	/* a cancelled source may end anywhere: not a failure */
	if (got < 0 || atomic_load(&s->is_cancelled))
		return -1;
	s->taken += (uint64_t)got;
	if (s->announced && (size_t)got < n)
		return fail_set(&s->fail, FAIL_FAILED, s->name,
			"the data is shorter than expected: %llu of %llu bytes",
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

void stage_free(struct burn_source *source)
{
	if (source)
		burn_source_free(source);
}

/* Calls fill unless the stage has ended. */
static ssize_t fill(struct stage *s, uint8_t *buf, size_t n_room)
{
	ssize_t n;

	if (atomic_load(&s->is_failed))
		return -1;
	if (s->is_ended)
		return 0;
	n = s->fill(s, buf, n_room);
	s->is_ended = n == 0;
	/* from here on other threads may look at s->fail */
	atomic_store(&s->is_failed, n < 0);
	return n;
}

/* Copies out of the chunk, which is filled anew when it is empty. */
static ssize_t read_chunk(struct stage *s, uint8_t *buf, size_t n)
{
	if (s->at == s->end) {
		ssize_t filled = fill(s, s->chunk, CHUNK_BYTES);

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

/* How much fill may put straight into a buffer that has n_room bytes left: whole blocks. */
static size_t direct_room(const struct stage *s, size_t n_asked, size_t n_room)
{
	if (n_asked < CHUNK_BYTES || s->at < s->end)
		return 0;
	return (n_room < CHUNK_BYTES ? n_room : CHUNK_BYTES) / BLOCK_BYTES * BLOCK_BYTES;
}

static int read_xt(struct burn_source *source, unsigned char *buf, int size)
{
	struct stage *s = source->data;
	size_t n = size > 0 ? (size_t)size : 0, got = 0;

	while (got < n) {
		size_t direct = direct_room(s, n, n - got);
		ssize_t r;

		if (atomic_load(&s->is_cancelled))
			return -1;
		r = direct ? fill(s, buf + got, direct) : read_chunk(s, buf + got, n - got);
		if (r < 0)
			return -1;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	/* only this thread writes it */
	atomic_store_explicit(&s->n_bytes,
		atomic_load_explicit(&s->n_bytes, memory_order_relaxed) + got,
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

/* Frees all but the upstream. */
static void free_stage(struct stage *s)
{
	if (s->free)
		s->free(s);
	free(s->chunk);
	free(s);
}

static void free_data(struct burn_source *source)
{
	struct stage *s = source->data;
	struct burn_source *upstream = s->upstream;

	free_stage(s);
	stage_free(upstream);
}

void *stage_alloc(size_t n_bytes, struct fail *f)
{
	void *s = calloc(1, n_bytes);

	if (!s)
		fail_memory(f);
	return s;
}

/* What upstream says of its size, and what the constructor knows, have to agree. */
static int hold_upstream(struct stage *s, struct fail *f)
{
	uint64_t n = s->upstream ? stage_size(s->upstream) : 0;

	if (s->announced && n && n != s->announced)
		return fail_set(f, FAIL_FAILED, s->name,
			"the data has %llu bytes, but %llu were expected", (unsigned long long)n,
			(unsigned long long)s->announced);
	if (!s->announced)
		s->announced = n;
	return 0;
}

struct burn_source *stage_new(struct stage *s, struct fail *f)
{
	struct burn_source *source = calloc(1, sizeof *source);

	s->chunk = aligned_alloc(PAGE_BYTES, CHUNK_BYTES);
	if (!source || !s->chunk || hold_upstream(s, f)) {
		fail_memory(f);
		free(source);
		free_stage(s);
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

struct stage *stage_of(struct burn_source *source)
{
	return source && source->read_xt == read_xt ? source->data : NULL;
}

uint64_t stage_n_bytes(struct burn_source *source)
{
	struct stage *s = stage_of(source);

	return s ? atomic_load(&s->n_bytes) : 0;
}

bool stage_has_failed(struct burn_source *source)
{
	struct stage *s = stage_of(source);

	return s && atomic_load(&s->is_failed);
}

bool stage_cause(struct burn_source *top, struct fail *f)
{
	struct stage *s = stage_of(top);

	if (!s)
		return false;
	if (stage_cause(s->upstream, f))
		return true;
	if (!atomic_load(&s->is_failed) || !fail_is_set(&s->fail))
		return false;
	*f = s->fail;
	return true;
}
