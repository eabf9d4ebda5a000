/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/read_ahead.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/sector.h"
#include "util/size.h"
#include "util/thread.h"

enum {
	CHUNK_BLOCKS = CHUNK_BYTES / BLOCK_BYTES,
	N_STREAMS = 16,
	N_CHUNKS = 80, /* 20 MiB: what all streams have ahead, and what they are at */
	N_THREADS = 3, /* at most: one less than there are processors, for those who read help */
	/* chunks ahead of a stream: a new one may end soon */
	DEPTH_FIRST = 4,
	DEPTH_MOST = 16,
	STREAK = 3,   /* reads in a row that make a stream */
	GAP_MAX = 16, /* blocks that a stream may leave out: padding, a directory it knows */
};

enum state { EMPTY, WANTED, LOADING, READY, BAD };

struct chunk {
	enum state state;
	uint64_t number;
	unsigned n_users; /* that copy from it */
	uint64_t used;    /* when: the oldest makes room */
	uint8_t *bytes;
};

struct stream {
	uint64_t next; /* where it would go on */
	unsigned n_reads;
	uint64_t used;
};

struct read_ahead {
	struct block_reader *blocks;
	pthread_mutex_t lock;
	pthread_cond_t work, loaded;
	struct chunk chunks[N_CHUNKS];
	struct stream streams[N_STREAMS];
	uint64_t clock;
	pthread_t threads[N_THREADS];
	unsigned n_threads;
	bool is_started, is_ending;
};

struct read_ahead *read_ahead_new(struct block_reader *blocks, struct fail *f)
{
	struct read_ahead *a = calloc(1, sizeof *a);

	if (!a) {
		fail_memory(f);
		return NULL;
	}
	a->blocks = blocks;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->work, NULL);
	pthread_cond_init(&a->loaded, NULL);
	return a;
}

static struct chunk *find_chunk(struct read_ahead *a, uint64_t number)
{
	for (size_t i = 0; i < N_CHUNKS; i++)
		if (a->chunks[i].state != EMPTY && a->chunks[i].number == number)
			return &a->chunks[i];
	return NULL;
}

/* The chunk that is not in use and was so the longest; NULL where all are. */
static struct chunk *make_room(struct read_ahead *a)
{
	struct chunk *oldest = NULL;

	for (size_t i = 0; i < N_CHUNKS; i++) {
		struct chunk *p = &a->chunks[i];

		if (p->state == EMPTY)
			return p;
		if (p->state == LOADING || p->state == WANTED || p->n_users)
			continue;
		if (!oldest || p->used < oldest->used)
			oldest = p;
	}
	return oldest;
}

static uint32_t chunk_blocks(const struct read_ahead *a, uint64_t number)
{
	uint64_t first = number * CHUNK_BLOCKS, left = a->blocks->n_blocks - first;

	return left < CHUNK_BLOCKS ? (uint32_t)left : (uint32_t)CHUNK_BLOCKS;
}

/* The chunk that was wanted first: a drive must not seek to and fro. */
static struct chunk *find_work(struct read_ahead *a)
{
	struct chunk *first = NULL;

	for (size_t i = 0; i < N_CHUNKS; i++) {
		struct chunk *p = &a->chunks[i];

		if (p->state == WANTED && (!first || p->used < first->used))
			first = p;
	}
	return first;
}

/* Reads a chunk; called and returns with the lock held. */
static void load(struct read_ahead *a, struct chunk *p)
{
	bool is_good = false;

	p->state = LOADING;
	pthread_mutex_unlock(&a->lock);
	if (p->bytes || (p->bytes = malloc((size_t)CHUNK_BLOCKS * BLOCK_BYTES)))
		is_good = block_reader_read(a->blocks, p->number * CHUNK_BLOCKS,
				  chunk_blocks(a, p->number), p->bytes, NULL) == 0;
	pthread_mutex_lock(&a->lock);
	p->state = is_good ? READY : BAD;
	pthread_cond_broadcast(&a->loaded);
}

static void *run(void *ctx)
{
	struct read_ahead *a = ctx;

	pthread_mutex_lock(&a->lock);
	while (!a->is_ending) {
		struct chunk *p = find_work(a);

		if (p)
			load(a, p);
		else
			pthread_cond_wait(&a->work, &a->lock);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

static unsigned count_threads(void)
{
	cpu_set_t ours;
	int n = sched_getaffinity(0, sizeof ours, &ours) ? 1 : CPU_COUNT(&ours) - 1;

	return n < 1 ? 1 : n < N_THREADS ? (unsigned)n : (unsigned)N_THREADS;
}

/* With the lock held. Without threads, chunks are read by those who want them. */
static void start_threads(struct read_ahead *a)
{
	if (a->is_started)
		return;
	a->is_started = true;
	while (a->n_threads < count_threads() &&
		thread_start(&a->threads[a->n_threads], run, a, NULL) == 0)
		a->n_threads++;
}

/* Notes a read; how many chunks it wants ahead, 0 where it goes on with no stream. With the lock
 * held. */
static unsigned find_depth(struct read_ahead *a, uint64_t lba, uint32_t n)
{
	struct stream *s = NULL, *oldest = &a->streams[0];

	for (size_t i = 0; i < N_STREAMS && !s; i++) {
		struct stream *t = &a->streams[i];

		if (t->n_reads && lba >= t->next && lba - t->next <= GAP_MAX)
			s = t;
		if (t->used < oldest->used)
			oldest = t;
	}
	if (!s) {
		s = oldest;
		s->n_reads = 0;
	}
	s->n_reads++;
	s->next = lba + n;
	s->used = ++a->clock;
	if (s->n_reads <= STREAK)
		return 0;
	return s->n_reads - STREAK < DEPTH_MOST - DEPTH_FIRST ? DEPTH_FIRST + s->n_reads - STREAK
							      : DEPTH_MOST;
}

/* Wants a chunk and what comes behind it. With the lock held. */
static void want_ahead(struct read_ahead *a, uint64_t number, unsigned depth)
{
	uint64_t end = size_round_up(a->blocks->n_blocks, CHUNK_BLOCKS) / CHUNK_BLOCKS;
	bool is_new = false;

	for (uint64_t i = number; i < number + depth && i < end; i++) {
		struct chunk *p = find_chunk(a, i);

		if (p || !(p = make_room(a)))
			continue;
		p->state = WANTED;
		p->number = i;
		p->used = ++a->clock;
		is_new = true;
	}
	if (is_new) {
		start_threads(a);
		pthread_cond_broadcast(&a->work);
	}
}

/* Reads a chunk, or what else is wanted while somebody reads it. NULL where it can't be read. With
 * the lock held. */
static struct chunk *get_chunk(struct read_ahead *a, uint64_t number)
{
	struct chunk *p;

	while ((p = find_chunk(a, number))) {
		if (p->state == READY)
			return p;
		if (p->state == BAD)
			return NULL;
		if (p->state == LOADING)
			p = find_work(a);
		if (p)
			load(a, p);
		else
			pthread_cond_wait(&a->loaded, &a->lock);
	}
	return NULL;
}

/* What one chunk has of a read. True where it came from there. With the lock held. */
static bool copy_from_chunk(
	struct read_ahead *a, unsigned depth, uint64_t lba, uint32_t n, uint8_t *buf)
{
	uint64_t number = lba / CHUNK_BLOCKS;
	struct chunk *p;

	if (depth)
		want_ahead(a, number, depth);
	p = get_chunk(a, number);
	if (!p)
		return false;
	p->used = ++a->clock;
	p->n_users++;
	pthread_mutex_unlock(&a->lock);
	memcpy(buf, p->bytes + (lba % CHUNK_BLOCKS) * BLOCK_BYTES, (size_t)n * BLOCK_BYTES);
	pthread_mutex_lock(&a->lock);
	p->n_users--;
	return true;
}

int read_ahead_read(struct read_ahead *a, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	unsigned depth;
	int result = 0;

	pthread_mutex_lock(&a->lock);
	depth = find_depth(a, lba, n);
	while (n && result == 0) {
		uint32_t take = CHUNK_BLOCKS - (uint32_t)(lba % CHUNK_BLOCKS);

		if (take > n)
			take = n;
		if (!copy_from_chunk(a, depth, lba, take, buf)) {
			if (depth == 0)
				take = n;
			pthread_mutex_unlock(&a->lock);
			result = block_reader_read(a->blocks, lba, take, buf, f);
			pthread_mutex_lock(&a->lock);
		}
		lba += take;
		n -= take;
		buf += (size_t)take * BLOCK_BYTES;
	}
	pthread_mutex_unlock(&a->lock);
	return result;
}

void read_ahead_free(struct read_ahead *a)
{
	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	a->is_ending = true;
	pthread_cond_broadcast(&a->work);
	pthread_mutex_unlock(&a->lock);
	for (unsigned i = 0; i < a->n_threads; i++)
		pthread_join(a->threads[i], NULL);
	for (size_t i = 0; i < N_CHUNKS; i++)
		free(a->chunks[i].bytes);
	pthread_cond_destroy(&a->work);
	pthread_cond_destroy(&a->loaded);
	pthread_mutex_destroy(&a->lock);
	free(a);
}
