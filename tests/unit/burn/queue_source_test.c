/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue: order, ends, shutdown in every order, levels. A deadlock ends it by SIGALRM. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "burn/crypt_source.h"
#include "burn/queue_source.h"
#include "burn/tap_source.h"
#include "tree/finished_image.h"
#include "tree/tree.h"
#include "lib/memory_source.h"
#include "lib/tap.h"
#include "util/sector.h"
#include "util/signals.h"

enum { N_BYTES = 21 * CHUNK_BYTES + 5 * BLOCK_BYTES, DEPTH = 4 * CHUNK_BYTES, TIME_LIMIT = 900 };

static struct burn_source *new_queue(struct memory_source *m, size_t depth)
{
	struct fail f = { 0 };
	struct burn_source *s = queue_source_new(memory_source_new(m), depth, &f);

	if (!s)
		exit(99);
	return s;
}

static void nap_ms(long ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* Waits until the queue is that full. */
static bool reaches(struct burn_source *s, unsigned percent)
{
	for (int i = 0; i < 1000 * 600; i++) {
		if (queue_source_fill_percent(s) == percent)
			return true;
		nap_ms(1);
	}
	return false;
}

static void test_sizes(void)
{
	static const size_t depths[] = { 1, CHUNK_BYTES, DEPTH, 64 * CHUNK_BYTES };

	for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
		for (const size_t *piece = memory_source_pieces; *piece; piece++) {
			struct memory_source m = {
				.n_bytes = N_BYTES, .announced = N_BYTES, .is_old = i % 2
			};
			struct burn_source *s = new_queue(&m, depths[i]);
			uint64_t size = (uint64_t)s->get_size(s);
			struct drained sink = drain(s, *piece, SIZE_MAX);
			char name[80];

			snprintf(name, sizeof name, "depth %zu, pieces of %zu", depths[i], *piece);
			memory_source_check(&sink, N_BYTES, name);
			stage_free(s);
			tap_ok(atomic_load(&m.n_freed) == 1 && atomic_load(&m.n_cancelled) == 0 &&
					size == N_BYTES,
				"upstream is freed once, not cancelled, its size known");
		}
	}
}

static void test_lengths(void)
{
	static const uint64_t lengths[] = { 0, 1, BLOCK_BYTES, CHUNK_BYTES - 1, CHUNK_BYTES,
		CHUNK_BYTES + 1, 4 * CHUNK_BYTES, 5 * CHUNK_BYTES };

	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct memory_source m = { .n_bytes = lengths[i] };
		struct burn_source *s = new_queue(&m, DEPTH);
		struct drained sink = drain(s, BLOCK_BYTES, SIZE_MAX);
		char name[64];

		snprintf(name, sizeof name, "%llu bytes", (unsigned long long)lengths[i]);
		memory_source_check(&sink, lengths[i], name);
		stage_free(s);
	}
}

static void test_failing(void)
{
	static const uint64_t sectors[] = { 0, 1, 127, 128, 129, 700 };

	for (size_t i = 0; i < sizeof sectors / sizeof *sectors; i++) {
		struct memory_source m = { .n_bytes = sectors[i] * BLOCK_BYTES, .fails = true };
		struct burn_source *s = new_queue(&m, DEPTH);
		struct drained sink = drain(s, BLOCK_BYTES, SIZE_MAX);

		tap_ok(sink.last == -1 && sink.is_orderly &&
				sink.n_bytes == m.n_bytes / CHUNK_BYTES * CHUNK_BYTES,
			"upstream fails at sector %d: whole chunks, then an error that stays",
			(int)sectors[i]);
		tap_ok(!fail_is_set(fail_of(s)), "the cause is left to upstream");
		free(sink.bytes);
		stage_free(s);
	}
}

/* Freed after some reads, with a queue that is empty, partly filled, or full. */
static void test_free_anywhere(void)
{
	static const unsigned naps[] = { 0, 2000 };

	for (size_t i = 0; i < 2; i++) {
		for (int n_reads = 0; n_reads < 12; n_reads++) {
			struct memory_source m = { .n_bytes = N_BYTES, .nap_us = naps[i] };
			struct burn_source *s = new_queue(&m, DEPTH);
			static uint8_t buf[CHUNK_BYTES];

			for (int j = 0; j < n_reads; j++)
				s->read_xt(s, buf, sizeof buf);
			if (n_reads % 2)
				queue_source_wait_filled(s);
			stage_free(s);
			tap_ok(atomic_load(&m.n_freed) == 1, "freed after %d reads, source naps %u",
				n_reads, naps[i]);
		}
	}
}

/* Upstream is blocked in a read, and only cancelling brings it back. */
static void test_free_while_upstream_blocks(void)
{
	struct memory_source m = { .n_bytes = N_BYTES, .block_at = 2 * CHUNK_BYTES };
	struct burn_source *s = new_queue(&m, DEPTH);

	tap_ok(reaches(s, 50), "the queue holds what came before upstream blocks");
	stage_free(s);
	tap_ok(atomic_load(&m.n_freed) == 1 && atomic_load(&m.n_cancelled) == 1,
		"freeing the queue cancels upstream");
}

struct reader {
	struct burn_source *source;
	_Atomic uint64_t n_bytes;
	int last;
};

static void *read_all(void *arg)
{
	struct reader *r = arg;
	uint8_t buf[BLOCK_BYTES];

	while ((r->last = r->source->read_xt(r->source, buf, sizeof buf)) > 0)
		r->n_bytes += (uint64_t)r->last;
	return NULL;
}

/* A reader waits in another thread, as libburn's does, when the main thread cancels. */
static void test_cancel_while_reader_waits(void)
{
	struct memory_source m = { .n_bytes = N_BYTES, .block_at = 2 * CHUNK_BYTES };
	struct reader r = { .source = new_queue(&m, DEPTH) };
	pthread_t thread;

	pthread_create(&thread, NULL, read_all, &r);
	/* nothing comes behind that */
	while (r.n_bytes < 2 * CHUNK_BYTES)
		nap_ms(1);
	r.source->cancel(r.source);
	pthread_join(thread, NULL);
	tap_ok(r.last == -1, "cancelled: the waiting reader gets an error");
	tap_ok(r.n_bytes <= 2 * CHUNK_BYTES, "behind what had come");
	stage_free(r.source);
	tap_ok(atomic_load(&m.n_freed) == 1, "and the queue is freed");
}

/* One more reference, so that it can be asked when the chain above it is freed. */
static struct burn_source *keep(struct burn_source *source)
{
	if (!source)
		exit(99);
	source->refcount++;
	return source;
}

/* The whole chain of a burn that failed while nothing comes out of a pipe. */
static void test_free_while_pipe_stalls(void)
{
	static uint8_t zeros[100000];
	struct fail f = { 0 };
	char path[32];
	int ends[2], n_left;
	struct finished_image *image;
	struct burn_source *s, *tap;

	if (pipe(ends) || fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) < 0 ||
		write(ends[1], zeros, sizeof zeros) != sizeof zeros)
		exit(99);
	snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
	image = finished_image_open(path, N_BYTES, &f);
	if (!image)
		exit(99);
	s = finished_image_source_new(image, &f);
	s = crypt_source_new(s, &(struct volume){ 0 }, &f);
	tap = keep(tap_source_new(s, NULL, &f));
	s = queue_source_new(tap, DEPTH, &f);
	/* until the last byte was read, and the next read waits */
	while (ioctl(ends[0], FIONREAD, &n_left) == 0 && n_left > 0)
		nap_ms(1);
	stage_free(s);
	tap_ok(stage_has_failed(tap) && !stage_cause(tap, &f),
		"a chain that is freed while its pipe stalls: no failure to tell (%s)", f.what);
	stage_free(tap);
	finished_image_close(image);
	close(ends[0]);
	close(ends[1]);
}

/* The same while libisofs' writer is at work, a little later each time. */
static void test_free_while_tree_is_written(void)
{
	char folder[] = "/tmp/queue_source_test-XXXXXX", path[64];
	const char *const sources[] = { folder };
	const struct tree_spec spec = { .sources = sources, .n_sources = 1 };
	unsigned n_failed = 0;
	int fd;

	if (!mkdtemp(folder))
		exit(99);
	snprintf(path, sizeof path, "%s/sparse", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, 256 << 20))
		exit(99);
	close(fd);
	for (int i = 0; i < 10; i++) {
		struct fail f = { 0 };
		struct tree *tree = tree_new(&spec, NULL, &f);
		struct burn_source *s, *tap;

		if (!tree)
			exit(99);
		tap = keep(tap_source_new(tree_source_new(tree, &f), NULL, &f));
		s = queue_source_new(tap, 300 << 20, &f);
		nap_ms(25 * i);
		stage_free(s);
		n_failed += stage_cause(tap, &f);
		stage_free(tap);
		tree_free(tree);
	}
	tap_ok(n_failed == 0, "a chain that is freed while its tree is written: no failure (%u)",
		n_failed);
	unlink(path);
	rmdir(folder);
}

static void test_cancel_while_full(void)
{
	struct memory_source m = { .n_bytes = N_BYTES };
	struct burn_source *s = new_queue(&m, DEPTH);
	uint8_t byte;

	queue_source_wait_filled(s);
	tap_ok(queue_source_fill_percent(s) == 100, "filled");
	s->cancel(s);
	tap_ok(s->read_xt(s, &byte, 1) == -1, "a cancelled queue gives no data");
	stage_free(s);
	tap_ok(atomic_load(&m.n_freed) == 1, "and is freed, its thread having waited for room");
}

static void test_levels(void)
{
	struct memory_source m = { .n_bytes = N_BYTES };
	struct burn_source *s = new_queue(&m, DEPTH);
	static uint8_t buf[CHUNK_BYTES];

	queue_source_wait_filled(s);
	tap_ok(queue_source_fill_percent(s) == 100 && queue_source_lowest_percent(s) == 100,
		"filled before the first read: both levels are 100");
	tap_ok(s->read_xt(s, buf, 1) == 1, "a byte is read");
	tap_ok(reaches(s, 100) && queue_source_lowest_percent(s) == 75,
		"a chunk was taken and filled again: lowest is 75 of 4 chunks");
	/* each read takes one chunk more of 22 */
	for (unsigned left = 20; s->read_xt(s, buf, sizeof buf) > 0; left -= left > 0)
		if (!reaches(s, left < 4 ? 25 * left : 100))
			tap_ok(false, "%u chunks are left, and the queue holds them", left);
	tap_ok(queue_source_fill_percent(s) == 0, "at the end it is empty");
	tap_ok(queue_source_lowest_percent(s) == 75,
		"but its lowest level is from when upstream still had data");
	stage_free(s);
}

static void test_slow_source(void)
{
	struct memory_source m = { .n_bytes = 6 * CHUNK_BYTES, .nap_us = 20000 };
	struct burn_source *s = new_queue(&m, DEPTH);
	struct drained sink = drain(s, BLOCK_BYTES, SIZE_MAX);

	memory_source_check(&sink, 6 * CHUNK_BYTES, "a slow source");
	tap_ok(queue_source_lowest_percent(s) == 0, "the queue ran empty, and says so");
	stage_free(s);
}

static void test_slow_sink(void)
{
	struct memory_source m = { .n_bytes = N_BYTES };
	struct burn_source *s = new_queue(&m, DEPTH);
	static uint8_t buf[CHUNK_BYTES];
	uint64_t n = 0;
	int r;

	queue_source_wait_filled(s);
	while ((r = s->read_xt(s, buf, sizeof buf)) > 0) {
		n += (uint64_t)r;
		nap_ms(10);
	}
	tap_ok(r == 0 && n == N_BYTES, "a slow sink gets all");
	stage_free(s);
}

static void test_wait_filled_with_little(void)
{
	struct memory_source m = { .n_bytes = BLOCK_BYTES };
	struct burn_source *s = new_queue(&m, DEPTH);

	tap_ok(queue_source_wait_filled(s) == 0 && queue_source_fill_percent(s) == 25,
		"waiting ends where upstream has less than the queue takes");
	stage_free(s);
	m = (struct memory_source){ .n_bytes = BLOCK_BYTES, .fails = true };
	s = new_queue(&m, DEPTH);
	tap_ok(queue_source_wait_filled(s) == -1, "and tells that upstream has failed");
	stage_free(s);
	m = (struct memory_source){ .n_bytes = N_BYTES };
	s = memory_source_new(&m);
	tap_ok(queue_source_wait_filled(s) == 0 && m.n_reads == 0,
		"a source that is not a queue is not waited for");
	stage_free(s);
}

/* The main thread, which waits for a queue that gets no fuller. */
struct waiting {
	struct burn_source *queue;
	pthread_t main_thread;
};

static void *send_signal(void *arg)
{
	struct waiting *w = arg;

	if (!reaches(w->queue, 25))
		exit(99);
	pthread_kill(w->main_thread, SIGTERM);
	return NULL;
}

/* Last: from here on signals_caught() is true. */
static void test_signal(void)
{
	struct memory_source m = { .n_bytes = N_BYTES, .block_at = CHUNK_BYTES };
	struct burn_source *s = new_queue(&m, DEPTH);
	struct waiting w = { s, pthread_self() };
	pthread_t thread;
	uint8_t buf[BLOCK_BYTES];
	int r;

	signals_catch();
	pthread_create(&thread, NULL, send_signal, &w);
	queue_source_wait_filled(s);
	tap_ok(signals_caught() == SIGTERM, "a signal ends waiting for the queue to fill");
	do
		r = s->read_xt(s, buf, sizeof buf);
	while (r > 0);
	tap_ok(r == -1 && strcmp(fail_of(s)->what, "interrupted") == 0,
		"and waiting for data that does not come");
	pthread_join(thread, NULL);
	stage_free(s);
	tap_ok(atomic_load(&m.n_freed) == 1, "and the queue is freed");
}

int main(void)
{
	alarm(TIME_LIMIT);
	test_sizes();
	test_lengths();
	test_failing();
	test_free_anywhere();
	test_free_while_upstream_blocks();
	test_cancel_while_reader_waits();
	test_free_while_pipe_stalls();
	test_free_while_tree_is_written();
	test_cancel_while_full();
	test_levels();
	test_slow_source();
	test_slow_sink();
	test_wait_filled_with_little();
	test_signal();
	return tap_done();
}
