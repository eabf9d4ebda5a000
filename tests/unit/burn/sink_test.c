/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several sinks at work at once, and what all of them promise. A deadlock ends it by SIGALRM. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "burn/file_sink.h"
#include "burn/stream_sink.h"
#include "lib/memory_source.h"
#include "lib/tap.h"
#include "util/sector.h"

enum { N_BYTES = 9 * CHUNK_BYTES + BLOCK_BYTES, TIME_LIMIT = 60 };

/* One chain with its sink, which meets the other one in mid-burn. */
struct work {
	struct memory_source source;
	struct burn_source *top;
	struct sink *sink;
	struct sink_result result;
	struct fail fail;
	int status;
	atomic_bool is_there;
	struct work *other;
};

static void meet(void *ctx)
{
	struct work *w = ctx;

	atomic_store(&w->is_there, true);
	while (!atomic_load(&w->other->is_there))
		usleep(1000);
}

static ssize_t take_until_half(struct stage *s, uint8_t *buf, size_t n)
{
	if (s->taken >= N_BYTES / 2)
		return fail_set(&s->fail, FAIL_FAILED, "disk", "broke");
	return stage_take(s, buf, n);
}

static struct burn_source *new_breaking(struct burn_source *upstream)
{
	struct stage *s = calloc(1, sizeof *s);
	struct fail f = { 0 };

	*s = (struct stage){ .name = "disk", .upstream = upstream, .fill = take_until_half };
	return stage_new(s, &f);
}

static void prepare(struct work *w, struct work *other, struct sink *sink)
{
	*w = (struct work){ .source = { .n_bytes = N_BYTES,
				    .announced = N_BYTES,
				    .hook_at = 2 * CHUNK_BYTES,
				    .hook = meet,
				    .hook_ctx = w },
		.sink = sink,
		.other = other };
	w->top = memory_source_new(&w->source);
}

/* Runs both to their ends; each has to reach its middle before the other goes on. */
static void run_both(struct work *a, struct work *b)
{
	bool is_running = true;
	struct progress p;

	if (!a->sink || !b->sink || a->sink->start(a->sink, a->top, N_BYTES, &a->fail) ||
		b->sink->start(b->sink, b->top, N_BYTES, &b->fail))
		exit(99);
	while (is_running) {
		is_running = a->sink->poll(a->sink, 10, &p);
		is_running = b->sink->poll(b->sink, 10, &p) || is_running;
	}
	a->status = a->sink->finish(a->sink, &a->result, &a->fail);
	b->status = b->sink->finish(b->sink, &b->result, &b->fail);
}

static void tear_down(struct work *w)
{
	sink_free(w->sink);
	stage_free(w->top);
	tap_ok(atomic_load(&w->source.n_freed) == 1,
		"the chain is freed with the caller's reference");
}

static bool holds_all(const char *path)
{
	static uint8_t got[N_BYTES + 1], want[N_BYTES];
	int fd = open(path, O_RDONLY);
	bool ok = fd >= 0 && read(fd, got, sizeof got) == N_BYTES;

	memory_source_bytes(want, 0, N_BYTES);
	if (fd >= 0)
		close(fd);
	return ok && memcmp(got, want, N_BYTES) == 0;
}

static void check_whole(const struct work *w, const char *path)
{
	tap_ok(w->status == 0 && w->result.is_whole && w->result.n_bytes == N_BYTES &&
			holds_all(path),
		"the other one has all its bytes (%s)", w->fail.what);
}

static void test_one_source_breaks(void)
{
	struct fail f = { 0 };
	struct work a, b;

	prepare(&a, &b, file_sink_new("a.img", false, &f));
	prepare(&b, &a, file_sink_new("b.img", false, &f));
	a.top = new_breaking(a.top);
	run_both(&a, &b);
	tap_ok(a.status == -1 && strcmp(a.fail.object, "disk") == 0 &&
			strcmp(a.fail.what, "broke") == 0,
		"two files at once: the source of one breaks, which is told (%s: %s)",
		a.fail.object, a.fail.what);
	tap_ok(!a.result.is_whole && a.result.was_begun && a.result.n_bytes < N_BYTES &&
			access("a.img", F_OK) != 0,
		"it has no file");
	check_whole(&b, "b.img");
	tear_down(&a);
	tear_down(&b);
	unlink("b.img");
}

static void test_one_sink_is_full(void)
{
	struct fail f = { 0 };
	struct work a, b;

	prepare(&a, &b, stream_sink_new("/dev/full", -1, &f));
	prepare(&b, &a, file_sink_new("b.img", false, &f));
	a.source.hook_at = 0; /* it comes no farther than its first write */
	atomic_store(&a.is_there, true);
	run_both(&a, &b);
	tap_ok(a.status == -1 && a.fail.sys_errno == ENOSPC && !a.result.is_whole &&
			!a.result.was_begun,
		"a full device beside a file: it fails (%s)", a.fail.what);
	check_whole(&b, "b.img");
	tear_down(&a);
	tear_down(&b);
	unlink("b.img");
}

static void test_reader(void)
{
	struct fail f = { 0 };
	struct memory_source m = { .n_bytes = N_BYTES };
	struct burn_source *s = memory_source_new(&m);
	struct sink *file = file_sink_new("a.img", false, &f);
	struct sink *stream = stream_sink_new("/dev/null", -1, &f);
	struct block_reader *r = NULL, *none = NULL;
	struct sink_result result;
	uint8_t block[BLOCK_BYTES], want[BLOCK_BYTES];

	memory_source_bytes(want, 5 * BLOCK_BYTES, BLOCK_BYTES);
	tap_ok(sink_run(file, s, 0, NULL, &result, &f) == 0 && file->reader(file, &r, &f) == 0 &&
			block_reader_read(r, 5, 1, block, &f) == 0 &&
			memcmp(block, want, BLOCK_BYTES) == 0,
		"a file is read back through its sink (%s)", f.what);
	tap_ok(stream->reader(stream, &none, &f) == 0 && !none, "a stream can't be");
	block_reader_free(r);
	sink_free(file);
	sink_free(stream);
	stage_free(s);
	unlink("a.img");
}

static void test_other_size(void)
{
	struct fail f = { 0 };
	struct memory_source m = { .n_bytes = N_BYTES, .announced = N_BYTES };
	struct burn_source *s = memory_source_new(&m);
	struct sink *sink = file_sink_new("a.img", false, &f);
	struct sink_result result;

	tap_ok(sink_run(sink, s, N_BYTES + 1, NULL, &result, &f) == -1 && m.n_reads == 0 &&
			!result.was_begun && access("a.img", F_OK) != 0,
		"a chain that announces another size is refused before anything is read (%s)",
		f.what);
	sink_free(sink);
	stage_free(s);
}

/* The end wakes whoever waits: a wait of an hour without it would end with the alarm. */
static void test_end_wakes(void)
{
	struct memory_source m = { .n_bytes = N_BYTES, .nap_us = 2000 };
	struct burn_source *s = memory_source_new(&m);
	struct sink *sink = stream_sink_new("/dev/null", -1, &(struct fail){ 0 });
	struct sink_result result = { 0 };
	struct progress p;
	struct fail f = { 0 };

	if (sink->start(sink, s, N_BYTES, &f))
		exit(99);
	while (sink->poll(sink, 3600 * 1000, &p))
		;
	tap_ok(sink->finish(sink, &result, &f) == 0 && result.n_bytes == N_BYTES,
		"news and the end wake who waits for them");
	sink_free(sink);
	stage_free(s);
}

int main(void)
{
	char folder[] = "/tmp/sink_test-XXXXXX";

	alarm(TIME_LIMIT);
	if (!mkdtemp(folder) || chdir(folder))
		return 99;
	test_one_source_breaks();
	test_one_sink_is_full();
	test_reader();
	test_other_size();
	test_end_wakes();
	if (chdir("/") || rmdir(folder))
		return 99;
	return tap_done();
}
