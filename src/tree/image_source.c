/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/image_source.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tree/head_gap.h"
#include "tree/image_library.h"
#include "tree/isofs.h"
#include "util/sector.h"
#include "util/signals.h"

enum { NAP_FIRST_NS = 50 * 1000, NAP_LAST_NS = 1000 * 1000 };

/* The lower two bits of iso_ring_buffer_get_status. */
enum { WRITER_ENDED = 2, WRITER_FAILED = 3 };

struct image_source {
	struct stage stage; /* first */
	struct burn_source *iso;
	struct placeholder_gate *gate;
	struct image_contents contents;
	struct image_head *kept;     /* NULL: none */
	uint64_t n_put;              /* bytes of the head that went out */
	uint64_t n_head, n_contents; /* bytes taken of each part, gaps among the head's */
	bool head_has_ended;
	size_t n_chunk, at_chunk; /* blocks of the head that were taken, and put */
	uint8_t chunk[CHUNK_BYTES];
	struct head_gap gap;
	uint64_t n_zeros; /* of a gap, to come */
	uint64_t lba;     /* of the next block of the head, behind those */
};

static int fail_layout(struct image_source *s)
{
	return fail_set(&s->stage.fail, FAIL_FAILED, s->stage.name,
		"was not laid out as expected: %llu bytes before the files, %llu of files, %llu in "
		"all",
		(unsigned long long)s->n_head, (unsigned long long)s->contents.n_bytes,
		(unsigned long long)s->stage.size);
}

/* How much of the head can be taken now: a whole chunk, or all the rest; 0: it has ended. -1 for an
 * error. A reader that is as eager as libisofs' writer would cost a lock and a wake-up for each
 * block. */
static ssize_t wait_for_head(struct image_source *s)
{
	struct timespec nap = { 0, NAP_FIRST_NS };

	for (;;) {
		/* before the ring is looked at: nothing comes behind then */
		bool is_all = placeholder_gate_is_reached(s->gate);
		size_t size = 0, n_free = 0;
		int status = iso_ring_buffer_get_status(s->iso, &size, &n_free) & 3;

		if (atomic_load(&s->stage.is_cancelled))
			return -1;
		if (status == WRITER_FAILED)
			return image_library_fail(
				&s->stage.fail, 0, s->stage.name, "can't be made");
		if (size - n_free >= CHUNK_BYTES)
			return CHUNK_BYTES;
		if (is_all || status == WRITER_ENDED)
			return (ssize_t)(size - n_free);
		if (signals_caught())
			return fail_set(&s->stage.fail, FAIL_FAILED, "", "interrupted");
		nanosleep(&nap, NULL);
		if (nap.tv_nsec < NAP_LAST_NS)
			nap.tv_nsec *= 2;
	}
}

/* Takes the next chunk of the head, or finds that it has ended. */
static int take_head(struct image_source *s)
{
	ssize_t n = wait_for_head(s);

	if (n < 0)
		return -1;
	s->n_chunk = (size_t)n;
	s->at_chunk = 0;
	s->n_head += (uint64_t)n;
	s->head_has_ended = n == 0;
	if (n == 0)
		return s->n_head + s->contents.n_bytes == s->stage.size ? 0 : fail_layout(s);
	if (s->n_head > s->stage.size)
		return fail_layout(s);
	/* never more than is there: libisofs gives nothing then, and it is lost */
	if (s->iso->read_xt(s->iso, s->chunk, (int)n) == n)
		return 0;
	return atomic_load(&s->stage.is_cancelled)
		       ? -1
		       : image_library_fail(
				 &s->stage.fail, 0, s->stage.name, "can't be read from libisofs");
}

/* Copies a block of the head, or puts a block of zeros where one is missing before it. */
static void put_block(struct image_source *s, uint8_t *buf)
{
	const uint8_t *block = s->chunk + s->at_chunk;

	if (s->n_zeros == 0) {
		s->n_zeros = head_gap_before(&s->gap, block, s->lba) * BLOCK_BYTES;
		s->n_head += s->n_zeros;
		s->lba += s->n_zeros / BLOCK_BYTES;
	}
	if (s->n_zeros) {
		memset(buf, 0, BLOCK_BYTES);
		s->n_zeros -= BLOCK_BYTES;
		return;
	}
	memcpy(buf, block, BLOCK_BYTES);
	s->at_chunk += BLOCK_BYTES;
	s->lba++;
}

/* The next n bytes of a head that was kept, or fewer where it ends. */
static ssize_t replay_head(struct image_source *s, uint8_t *buf, size_t n)
{
	uint64_t left = s->kept->n_bytes - s->n_put;

	n = left < n ? (size_t)left : n;
	memcpy(buf, s->kept->bytes + s->n_put, n);
	s->n_put += n;
	return (ssize_t)n;
}

static void keep_head(struct image_source *s, const uint8_t *buf, size_t n)
{
	/* more than there should be is a failure that is still to come */
	if (!s->kept || n > s->kept->n_bytes - s->n_put)
		return;
	memcpy(s->kept->bytes + s->n_put, buf, n);
	s->n_put += n;
	s->kept->is_whole = s->n_put == s->kept->n_bytes;
}

/* The next n bytes of the head, or fewer where it ends; -1 for an error. */
static ssize_t fill_head(struct image_source *s, uint8_t *buf, size_t n)
{
	size_t put = 0;

	if (!s->iso)
		return replay_head(s, buf, n);
	while (put < n && !s->head_has_ended) {
		if (s->at_chunk < s->n_chunk) {
			put_block(s, buf + put);
			put += BLOCK_BYTES;
		} else if (take_head(s)) {
			return -1;
		}
	}
	keep_head(s, buf, put);
	return (ssize_t)put;
}

static ssize_t fill(struct stage *stage, uint8_t *buf, size_t n)
{
	struct image_source *s = (struct image_source *)stage;
	uint64_t rest;
	ssize_t put;

	if (signals_caught())
		return fail_set(&stage->fail, FAIL_FAILED, "", "interrupted");
	put = fill_head(s, buf, n);
	if (put < 0)
		return -1;
	rest = s->contents.n_bytes - s->n_contents;
	n -= (size_t)put;
	n = rest < n ? (size_t)rest : n;
	if (n && s->contents.read(s->contents.ctx, stage, buf + put, n))
		return -1;
	s->n_contents += n;
	return put + (ssize_t)n;
}

static void free_parts(struct stage *stage)
{
	struct image_source *s = (struct image_source *)stage;

	image_source_end_writer(s->iso, s->gate);
	if (s->contents.free)
		s->contents.free(s->contents.ctx);
}

void image_source_end_writer(struct burn_source *iso, struct placeholder_gate *gate)
{
	if (!iso)
		return;
	placeholder_gate_open(gate);
	iso->cancel(iso);
	stage_free(iso);
}

/* Room for the head that iso has. */
static int make_room(struct image_head *head, uint64_t n_bytes, struct fail *f)
{
	image_source_clear_head(head);
	head->bytes = malloc(n_bytes);
	head->n_bytes = n_bytes;
	return head->bytes ? 0 : fail_memory(f);
}

void image_source_clear_head(struct image_head *head)
{
	free(head->bytes);
	*head = (struct image_head){ 0 };
}

struct burn_source *image_source_new(struct burn_source *iso, struct placeholder_gate *gate,
	const struct image_contents *contents, struct fail *f)
{
	return image_source_new_kept(iso, gate, contents, NULL, f);
}

struct burn_source *image_source_new_kept(struct burn_source *iso, struct placeholder_gate *gate,
	const struct image_contents *contents, struct image_head *head, struct fail *f)
{
	uint64_t n_bytes =
		iso ? stage_size(iso) - contents->n_kept_bytes : head->n_bytes + contents->n_bytes;
	struct image_source *s;
	struct burn_source *source;

	if (iso && head && make_room(head, n_bytes - contents->n_bytes, f))
		return NULL;
	s = stage_alloc(sizeof *s, f);
	if (!s)
		return NULL;
	s->stage = (struct stage){ .name = contents->name,
		.upstream = contents->upstream,
		.announced = contents->upstream_bytes,
		.size = n_bytes,
		.fill = fill };
	source = stage_new(&s->stage, f);
	if (!source)
		return NULL;
	/* the caller's until now */
	s->iso = iso;
	s->gate = gate;
	s->kept = head;
	s->contents = *contents;
	s->gap.first = contents->first_block;
	s->lba = contents->first_block;
	s->stage.free = free_parts;
	return source;
}
