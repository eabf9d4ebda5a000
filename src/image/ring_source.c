/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/ring_source.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "image/image_library.h"
#include "image/isofs.h"
#include "image/plain_source.h"
#include "util/sector.h"
#include "util/signals.h"

enum { NAP_FIRST_NS = 50 * 1000, NAP_LAST_NS = 1000 * 1000 };

/* The lower two bits of iso_ring_buffer_get_status. */
enum { WRITER_ACTIVE = 1, WRITER_ENDED = 2, WRITER_FAILED = 3 };

struct ring_source {
	struct burn_source *iso;
	struct report *report;
	uint64_t n_rest; /* not yet taken from the ring */
	uint8_t *chunk;
	size_t n_chunk, at_chunk;
	bool has_failed;
	atomic_bool is_cancelled; /* by any thread */
};

/* Waits until n bytes are in the ring, or, with n 0, until the writer is done. 0, or -1 with the
 * failure in the report. */
static int wait_for(struct ring_source *r, size_t n)
{
	struct timespec nap = { 0, NAP_FIRST_NS };

	for (;;) {
		size_t size = 0, n_free = 0;
		int status = iso_ring_buffer_get_status(r->iso, &size, &n_free) & 3;

		/* whoever cancels has a reason of his own: no failure of the image */
		if (atomic_load(&r->is_cancelled))
			return -1;
		if (status == WRITER_FAILED)
			return image_library_fail(
				&r->report->fail, 0, "", "the image can't be made");
		if (n ? size - n_free >= n : status == WRITER_ENDED)
			return 0;
		if (status == WRITER_ENDED)
			return fail_set(&r->report->fail, FAIL_FAILED, "",
				"the image ended %llu bytes early",
				(unsigned long long)(r->n_rest - (size - n_free)));
		if (signals_caught())
			return fail_set(&r->report->fail, FAIL_FAILED, "", "interrupted");
		nanosleep(&nap, NULL);
		if (nap.tv_nsec < NAP_LAST_NS)
			nap.tv_nsec *= 2;
	}
}

/* Takes n bytes from the ring, at most CHUNK_BYTES and no more than the rest. */
static int take(struct ring_source *r, uint8_t *buf, size_t n)
{
	int got;

	if (wait_for(r, n))
		return -1;
	got = r->iso->read_xt(r->iso, buf, (int)n);
	if (got != (int)n && atomic_load(&r->is_cancelled))
		return -1;
	if (got != (int)n)
		return image_library_fail(
			&r->report->fail, got, "", "the image can't be read from the library");
	r->n_rest -= n;
	/* the last file is checked for changes after its last byte: let that happen first */
	return r->n_rest ? 0 : wait_for(r, 0);
}

/* Fills the chunk where it is empty and something is left. */
static int refill(struct ring_source *r)
{
	size_t n = r->n_rest < CHUNK_BYTES ? (size_t)r->n_rest : CHUNK_BYTES;

	if (r->at_chunk < r->n_chunk || n == 0)
		return 0;
	r->at_chunk = r->n_chunk = 0;
	if (take(r, r->chunk, n))
		return -1;
	r->n_chunk = n;
	return 0;
}

static int read_ring(struct burn_source *source, unsigned char *buf, int size)
{
	struct ring_source *r = source->data;
	size_t want = size > 0 ? (size_t)size : 0, put = 0;

	if (!r->has_failed && atomic_load(&r->is_cancelled))
		r->has_failed = true;
	if (!r->has_failed && signals_caught())
		r->has_failed = fail_set(&r->report->fail, FAIL_FAILED, "", "interrupted");
	while (put < want && !r->has_failed) {
		size_t n;

		/* a whole chunk needs no copy */
		if (r->at_chunk == r->n_chunk && want - put >= CHUNK_BYTES &&
			r->n_rest >= CHUNK_BYTES) {
			r->has_failed = take(r, buf + put, CHUNK_BYTES) != 0;
			put += CHUNK_BYTES;
			continue;
		}
		r->has_failed = refill(r) != 0;
		n = r->n_chunk - r->at_chunk;
		if (n == 0)
			break;
		n = n < want - put ? n : want - put;
		memcpy(buf + put, r->chunk + r->at_chunk, n);
		r->at_chunk += n;
		put += n;
	}
	if (r->has_failed)
		return -1;
	r->report->n_bytes += put;
	return (int)put;
}

static off_t get_size(struct burn_source *source)
{
	struct ring_source *r = source->data;

	return r->iso->get_size(r->iso);
}

static int cancel(struct burn_source *source)
{
	struct ring_source *r = source->data;

	atomic_store(&r->is_cancelled, true);
	return r->iso->cancel(r->iso);
}

static void free_data(struct burn_source *source)
{
	struct ring_source *r = source->data;

	/* ends the writer thread, wherever it is */
	r->iso->cancel(r->iso);
	plain_source_free(r->iso);
	free(r->chunk);
	free(r);
}

struct burn_source *ring_source_new(struct burn_source *iso, struct report *report, struct fail *f)
{
	struct ring_source *r = calloc(1, sizeof *r);
	struct burn_source *s = NULL;
	off_t size = iso->get_size(iso);

	if (!r || !(r->chunk = malloc(CHUNK_BYTES))) {
		fail_errno(f, FAIL_FAILED, "", "no memory");
		goto out;
	}
	r->report = report;
	r->n_rest = (uint64_t)size;
	s = plain_source_new(r, read_ring, get_size, free_data, cancel, f);
	if (s)
		r->iso = iso;
out:
	if (!s && r) {
		free(r->chunk);
		free(r);
	}
	return s;
}
