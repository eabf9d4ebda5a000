/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/queue_source.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "burn/stage.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/thread.h"

enum { PAGE_BYTES = 4096 };

struct queue_source {
	struct stage stage; /* first */
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t mutex; /* guards what follows; a slot's bytes belong to one side */
	pthread_cond_t was_filled, was_freed;
	size_t n_slots, first, n_used; /* slots with data, in a ring */
	size_t at;                     /* bytes of the first one that were read */
	size_t lowest;                 /* of n_used, while upstream still had data */
	bool is_ended;                 /* upstream: nothing comes behind the used slots */
	bool is_failed;                /* upstream: nor is what came all there is */
	bool is_stopped;               /* cancelled or being freed */
	size_t *lengths;
	uint8_t *slots; /* n_slots * CHUNK_BYTES */
};

/* Waits for a free slot. False once the queue was stopped. */
static bool wait_free(struct queue_source *q, size_t *slot)
{
	bool go_on;

	pthread_mutex_lock(&q->mutex);
	while (q->n_used == q->n_slots && !q->is_stopped)
		pthread_cond_wait(&q->was_freed, &q->mutex);
	*slot = (q->first + q->n_used) % q->n_slots;
	go_on = !q->is_stopped;
	pthread_mutex_unlock(&q->mutex);
	return go_on;
}

/* Hands the slot over; n as stage_read returned it. False when nothing more is to come. */
static bool put_slot(struct queue_source *q, size_t slot, ssize_t n)
{
	bool go_on;

	pthread_mutex_lock(&q->mutex);
	if (n > 0) {
		q->lengths[slot] = (size_t)n;
		q->n_used++;
	}
	q->is_failed = n < 0;
	q->is_ended = n < CHUNK_BYTES;
	go_on = !q->is_ended;
	pthread_cond_broadcast(&q->was_filled);
	pthread_mutex_unlock(&q->mutex);
	return go_on;
}

static void *queue_main(void *arg)
{
	struct queue_source *q = arg;
	size_t slot;
	ssize_t n;

	do {
		if (!wait_free(q, &slot))
			break;
		n = stage_read(q->stage.upstream, q->slots + slot * CHUNK_BYTES, CHUNK_BYTES);
	} while (put_slot(q, slot, n));
	return NULL;
}

/* Waits for a slot with data. Its bytes, 0 at the end, -1 for an error. */
static ssize_t wait_filled(struct queue_source *q, size_t *slot)
{
	ssize_t n = -1;

	pthread_mutex_lock(&q->mutex);
	if (q->n_used < q->lowest && !q->is_ended)
		q->lowest = q->n_used;
	while (q->n_used == 0 && !q->is_ended && !q->is_stopped && !signals_caught())
		thread_wait(&q->was_filled, &q->mutex);
	*slot = q->first;
	if (q->is_stopped)
		n = -1;
	else if (q->n_used > 0)
		n = (ssize_t)q->lengths[q->first];
	else if (q->is_ended)
		n = q->is_failed ? -1 : 0;
	else
		fail_set(&q->stage.fail, FAIL_FAILED, "", "interrupted");
	pthread_mutex_unlock(&q->mutex);
	return n;
}

static void free_slot(struct queue_source *q)
{
	pthread_mutex_lock(&q->mutex);
	q->first = (q->first + 1) % q->n_slots;
	q->at = 0;
	q->n_used--;
	if (q->n_used < q->lowest && !q->is_ended)
		q->lowest = q->n_used;
	pthread_cond_signal(&q->was_freed);
	pthread_mutex_unlock(&q->mutex);
}

static ssize_t fill(struct stage *s, uint8_t *buf, size_t n_room)
{
	struct queue_source *q = (struct queue_source *)s;
	size_t slot, n_left;
	ssize_t n = wait_filled(q, &slot);

	if (n <= 0)
		return n;
	n_left = (size_t)n - q->at;
	n_room = n_room < n_left ? n_room : n_left;
	memcpy(buf, q->slots + slot * CHUNK_BYTES + q->at, n_room);
	q->at += n_room;
	if (n_room == n_left)
		free_slot(q);
	return (ssize_t)n_room;
}

/* Wakes both sides. True where upstream may still be in a read. */
static bool stop(struct queue_source *q)
{
	bool is_reading;

	pthread_mutex_lock(&q->mutex);
	q->is_stopped = true;
	is_reading = !q->is_ended;
	pthread_cond_broadcast(&q->was_filled);
	pthread_cond_broadcast(&q->was_freed);
	pthread_mutex_unlock(&q->mutex);
	return is_reading;
}

static void cancel(struct stage *s)
{
	stop((struct queue_source *)s);
}

static void free_queue(struct stage *s)
{
	struct queue_source *q = (struct queue_source *)s;

	if (q->has_thread) {
		/* it may be blocked in a read of upstream */
		if (stop(q))
			stage_cancel(s->upstream);
		pthread_join(q->thread, NULL);
	}
	pthread_cond_destroy(&q->was_freed);
	pthread_cond_destroy(&q->was_filled);
	pthread_mutex_destroy(&q->mutex);
	free(q->lengths);
	free(q->slots);
}

/* Not started yet. NULL without memory. */
static struct queue_source *new_queue(struct burn_source *upstream, size_t n_slots)
{
	struct queue_source *q = calloc(1, sizeof *q);

	if (!q)
		return NULL;
	q->n_slots = q->lowest = n_slots;
	q->lengths = calloc(n_slots, sizeof *q->lengths);
	q->slots = aligned_alloc(PAGE_BYTES, n_slots * CHUNK_BYTES);
	pthread_mutex_init(&q->mutex, NULL);
	thread_cond_init(&q->was_filled);
	thread_cond_init(&q->was_freed);
	q->stage = (struct stage){ .name = "queue",
		.upstream = upstream,
		.size = stage_size(upstream),
		.fill = fill,
		.cancel = cancel,
		.free = free_queue };
	if (q->lengths && q->slots)
		return q;
	free_queue(&q->stage);
	free(q);
	return NULL;
}

struct burn_source *queue_source_new(
	struct burn_source *upstream, size_t depth_bytes, struct fail *f)
{
	size_t n_slots = depth_bytes / CHUNK_BYTES;
	struct queue_source *q = new_queue(upstream, n_slots ? n_slots : 1);
	struct burn_source *source;

	if (!q) {
		fail_memory(f);
		return NULL;
	}
	source = stage_new(&q->stage, f);
	if (!source)
		return NULL;
	if (thread_start(&q->thread, queue_main, q, f) == 0) {
		q->has_thread = true;
		return source;
	}
	/* upstream stays the caller's */
	q->stage.upstream = NULL;
	stage_free(source);
	return NULL;
}

static unsigned percent(struct burn_source *queue, bool lowest)
{
	struct queue_source *q = queue->data;
	size_t n;

	pthread_mutex_lock(&q->mutex);
	n = lowest ? q->lowest : q->n_used;
	pthread_mutex_unlock(&q->mutex);
	return (unsigned)(n * 100 / q->n_slots);
}

unsigned queue_source_fill_percent(struct burn_source *queue)
{
	return percent(queue, false);
}

unsigned queue_source_lowest_percent(struct burn_source *queue)
{
	return percent(queue, true);
}

int queue_source_wait_filled(struct burn_source *source)
{
	struct stage *s = stage_of(source);
	struct queue_source *q = (struct queue_source *)s;
	int result;

	if (!s || s->fill != fill)
		return 0;
	pthread_mutex_lock(&q->mutex);
	while (q->n_used < q->n_slots && !q->is_ended && !q->is_stopped && !signals_caught())
		thread_wait(&q->was_filled, &q->mutex);
	result = q->is_ended && q->is_failed ? -1 : 0;
	pthread_mutex_unlock(&q->mutex);
	return result;
}
