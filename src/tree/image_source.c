/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/image_source.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tree/head_gap.h"
#include "tree/image_library.h"
#include "tree/isofs.h"
#include "tree/plain_source.h"
#include "util/sector.h"
#include "util/signals.h"

enum { NAP_FIRST_NS = 50 * 1000, NAP_LAST_NS = 1000 * 1000 };

/* The lower two bits of iso_ring_buffer_get_status. */
enum { WRITER_ENDED = 2, WRITER_FAILED = 3 };

struct image_source {
	struct burn_source *iso;
	struct placeholder_gate *gate;
	struct image_contents contents;
	struct report *report;
	uint64_t n_bytes, n_head, n_contents; /* announced; taken of each part */
	bool head_has_ended, has_failed;
	uint8_t *chunk; /* for small reads, and all of the head */
	size_t n_chunk, at_chunk;
	struct head_gap gap;
	uint64_t at_head;         /* bytes of the head that were given on */
	uint64_t n_zeros;         /* of a gap, to come */
	atomic_bool is_cancelled; /* by any thread */
};

static int fail_layout(struct image_source *s)
{
	return fail_set(&s->report->fail, FAIL_FAILED, "",
		"the image was not laid out as expected: %llu bytes before the files, %llu of "
		"files, %llu in all",
		(unsigned long long)s->n_head, (unsigned long long)s->contents.n_bytes,
		(unsigned long long)s->n_bytes);
}

/* How much of the head can be taken now: a whole chunk, or all the rest; 0: it has ended. -1 with
 * the failure in the report. A reader that is as eager as libisofs' writer would cost a lock and a
 * wake-up for each block. */
static ssize_t wait_for_head(struct image_source *s)
{
	struct timespec nap = { 0, NAP_FIRST_NS };

	for (;;) {
		/* before the ring is looked at: nothing comes behind then */
		bool is_all = placeholder_gate_is_reached(s->gate);
		size_t size = 0, n_free = 0;
		int status = iso_ring_buffer_get_status(s->iso, &size, &n_free) & 3;

		/* whoever cancels has a reason of his own: no failure of the image */
		if (atomic_load(&s->is_cancelled))
			return -1;
		if (status == WRITER_FAILED)
			return image_library_fail(
				&s->report->fail, 0, "", "the image can't be made");
		if (size - n_free >= CHUNK_BYTES)
			return CHUNK_BYTES;
		if (is_all || status == WRITER_ENDED)
			return (ssize_t)(size - n_free);
		if (signals_caught())
			return fail_set(&s->report->fail, FAIL_FAILED, "", "interrupted");
		nanosleep(&nap, NULL);
		if (nap.tv_nsec < NAP_LAST_NS)
			nap.tv_nsec *= 2;
	}
}

/* The next bytes of the head, at most a chunk; 0: it has ended, and the contents fit. */
static ssize_t take_head(struct image_source *s, uint8_t *buf)
{
	ssize_t n = wait_for_head(s);

	if (n < 0)
		return -1;
	if (n == 0) {
		s->head_has_ended = true;
		return s->n_head + s->contents.n_bytes == s->n_bytes ? 0 : fail_layout(s);
	}
	if (s->n_head + (uint64_t)n > s->n_bytes)
		return fail_layout(s);
	/* never more than is there: libisofs gives nothing then, and it is lost */
	if (s->iso->read_xt(s->iso, buf, (int)n) != n) {
		if (atomic_load(&s->is_cancelled))
			return -1;
		return image_library_fail(
			&s->report->fail, 0, "", "the image can't be read from the library");
	}
	s->n_head += (uint64_t)n;
	return n;
}

/* The next bytes of the image, n at most: a chunk for the head, no more for the contents. Their
 * number, 0 at the end, or -1. */
static ssize_t take(struct image_source *s, uint8_t *buf, size_t n_room)
{
	ssize_t n = s->head_has_ended ? 0 : take_head(s, buf);
	uint64_t rest = s->contents.n_bytes - s->n_contents;

	if (n || rest == 0)
		return n;
	n = rest < n_room ? (ssize_t)rest : (ssize_t)n_room;
	if (s->contents.read(s->contents.ctx, buf, (size_t)n, &s->report->fail))
		return -1;
	s->n_contents += (uint64_t)n;
	return n;
}

/* Some of the zeros of a gap. */
static ssize_t take_zeros(struct image_source *s, uint8_t *buf, size_t n)
{
	if (n > s->n_zeros)
		n = (size_t)s->n_zeros;
	memset(buf, 0, n);
	s->n_zeros -= n;
	s->at_head += n;
	return (ssize_t)n;
}

/* Looks at the next block of the head, at its start. True where blocks are missing before it. */
static bool find_gap(struct image_source *s)
{
	const uint8_t *block = s->chunk + s->at_chunk;

	if (s->at_head % BLOCK_BYTES || s->n_chunk - s->at_chunk < BLOCK_BYTES)
		return false;
	s->n_zeros = head_gap_before(&s->gap, block, s->at_head / BLOCK_BYTES) * BLOCK_BYTES;
	s->n_head += s->n_zeros;
	return s->n_zeros != 0;
}

/* Copies out of the chunk, which is filled anew when it is empty; of the head, a block at most. */
static ssize_t take_small(struct image_source *s, uint8_t *buf, size_t n)
{
	if (s->n_zeros)
		return take_zeros(s, buf, n);
	if (s->at_chunk == s->n_chunk) {
		ssize_t filled = take(s, s->chunk, CHUNK_BYTES);

		if (filled <= 0)
			return filled;
		s->at_chunk = 0;
		s->n_chunk = (size_t)filled;
	}
	if (n > s->n_chunk - s->at_chunk)
		n = s->n_chunk - s->at_chunk;
	if (!s->head_has_ended) {
		size_t rest = BLOCK_BYTES - s->at_head % BLOCK_BYTES;

		if (find_gap(s))
			return take_zeros(s, buf, n);
		n = n < rest ? n : rest;
		s->at_head += n;
	}
	memcpy(buf, s->chunk + s->at_chunk, n);
	s->at_chunk += n;
	return (ssize_t)n;
}

static bool is_to_stop(struct image_source *s)
{
	if (!s->has_failed && atomic_load(&s->is_cancelled))
		s->has_failed = true;
	if (!s->has_failed && signals_caught())
		s->has_failed = fail_set(&s->report->fail, FAIL_FAILED, "", "interrupted");
	return s->has_failed;
}

static int read_image(struct burn_source *source, unsigned char *buf, int size)
{
	struct image_source *s = source->data;
	size_t want = size > 0 ? (size_t)size : 0, put = 0;

	while (put < want && !is_to_stop(s)) {
		size_t room = want - put < CHUNK_BYTES ? want - put : CHUNK_BYTES;
		/* also behind the last part of the head, or each later read would be two */
		bool direct = s->head_has_ended && s->at_chunk == s->n_chunk && want >= CHUNK_BYTES;
		ssize_t n = direct ? take(s, buf + put, room) : take_small(s, buf + put, room);

		if (n == 0)
			break;
		s->has_failed = n < 0;
		put += n < 0 ? 0 : (size_t)n;
	}
	if (s->has_failed)
		return -1;
	s->report->n_bytes += put;
	return (int)put;
}

static off_t get_size(struct burn_source *source)
{
	struct image_source *s = source->data;

	return (off_t)s->n_bytes;
}

static int cancel(struct burn_source *source)
{
	struct image_source *s = source->data;

	if (!atomic_exchange(&s->is_cancelled, true) && s->contents.cancel)
		s->contents.cancel(s->contents.ctx);
	return 1;
}

static void free_data(struct burn_source *source)
{
	struct image_source *s = source->data;

	image_source_end_writer(s->iso, s->gate);
	if (s->contents.free)
		s->contents.free(s->contents.ctx);
	free(s->chunk);
	free(s);
}

void image_source_end_writer(struct burn_source *iso, struct placeholder_gate *gate)
{
	if (!iso)
		return;
	placeholder_gate_open(gate);
	iso->cancel(iso);
	plain_source_free(iso);
}

struct burn_source *image_source_new(struct burn_source *iso, struct placeholder_gate *gate,
	const struct image_contents *contents, struct report *report, struct fail *f)
{
	struct image_source *s = calloc(1, sizeof *s);
	struct burn_source *source = NULL;

	if (s && (s->chunk = malloc(CHUNK_BYTES)))
		source = plain_source_new(s, read_image, get_size, free_data, cancel, f);
	else
		fail_memory(f);
	if (source) {
		s->iso = iso;
		s->gate = gate;
		s->contents = *contents;
		s->report = report;
		s->n_bytes = (uint64_t)iso->get_size(iso);
	} else if (s) {
		free(s->chunk);
		free(s);
	}
	return source;
}
