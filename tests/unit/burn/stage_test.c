/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all stages share, tried on padding and counting stages; and those two. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "burn/pad_source.h"
#include "burn/tap_source.h"
#include "lib/memory_source.h"
#include "lib/tap.h"
#include "util/sector.h"

enum { N_BYTES = 3 * CHUNK_BYTES + 5 * BLOCK_BYTES };

static struct burn_source *new_tap(struct memory_source *m, uint64_t announced)
{
	struct fail f = { 0 };
	struct burn_source *s;

	m->announced = announced;
	s = tap_source_new(memory_source_new(m), NULL, &f);

	if (!s)
		exit(99);
	return s;
}

static void test_sizes(void)
{
	for (const size_t *piece = memory_source_pieces; *piece; piece++) {
		for (int old = 0; old < 2; old++) {
			struct memory_source m = { .n_bytes = N_BYTES, .is_old = old };
			struct burn_source *s = new_tap(&m, N_BYTES);
			struct drained sink = drain(s, *piece, SIZE_MAX);
			char name[64];

			snprintf(name, sizeof name, "version %d source, pieces of %zu bytes", !old,
				*piece);
			memory_source_check(&sink, N_BYTES, name);
			tap_ok(!stage_has_failed(s), "nothing failed");
			stage_free(s);
			tap_ok(atomic_load(&m.n_freed) == 1, "upstream is freed once");
		}
	}
}

static void test_stage_read(void)
{
	struct memory_source m = { .n_bytes = 10000, .is_old = true };
	struct burn_source *s = memory_source_new(&m);
	uint8_t buf[8192], want[10000];

	memory_source_bytes(want, 0, sizeof want);
	tap_ok(stage_read(s, buf, 8192) == 8192 && memcmp(buf, want, 8192) == 0,
		"stage_read fills the buffer from short reads");
	tap_ok(stage_read(s, buf, 8192) == 1808 && memcmp(buf, want + 8192, 1808) == 0,
		"and gives what is left");
	tap_ok(stage_read(s, buf, 8192) == 0, "then nothing");
	stage_free(s);
	m = (struct memory_source){ .n_bytes = 100, .fails = true };
	s = memory_source_new(&m);
	tap_ok(stage_read(s, buf, 200) == -1, "an error is one, also behind some data");
	stage_free(s);
	stage_free(NULL);
}

/* Upstream's own failure is not told again; sector n is reached whatever comes before. */
static void test_failing(void)
{
	static const uint64_t sectors[] = { 0, 1, 127, 128, 129, 388 };

	for (size_t i = 0; i < sizeof sectors / sizeof *sectors; i++) {
		struct memory_source m = { .n_bytes = sectors[i] * BLOCK_BYTES, .fails = true };
		struct burn_source *s = new_tap(&m, N_BYTES);
		struct drained sink = drain(s, BLOCK_BYTES, SIZE_MAX);
		uint8_t *want = malloc(N_BYTES);

		if (!want)
			exit(99);
		memory_source_bytes(want, 0, N_BYTES);
		tap_ok(sink.last == -1 && sink.is_orderly && sink.n_bytes <= m.n_bytes &&
				sink.n_bytes + CHUNK_BYTES > m.n_bytes &&
				memcmp(sink.bytes, want, sink.n_bytes) == 0,
			"upstream fails at sector %d: an error, and stays one", (int)sectors[i]);
		tap_ok(!fail_is_set(fail_of(s)), "the cause is left to upstream");
		free(want);
		free(sink.bytes);
		stage_free(s);
	}
}

static void test_lengths(void)
{
	static const struct {
		uint64_t has, announced;
		const char *says;
	} cases[] = {
		{ N_BYTES - 1, N_BYTES, "shorter than expected: 796671 of 796672 bytes" },
		{ N_BYTES - BLOCK_BYTES, N_BYTES, "shorter than expected" },
		{ 0, N_BYTES, "shorter than expected: 0 of 796672 bytes" },
		{ N_BYTES + 1, N_BYTES, "longer than expected: more than 796672 bytes" },
		{ N_BYTES + 9 * CHUNK_BYTES, N_BYTES,
			"longer than expected: more than 796672 bytes" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (const size_t *piece = memory_source_pieces; *piece; piece++) {
			struct memory_source m = { .n_bytes = cases[i].has };
			struct burn_source *s = new_tap(&m, cases[i].announced);
			struct drained sink = drain(s, *piece, SIZE_MAX);

			tap_ok(sink.last == -1 && sink.is_orderly &&
					sink.n_bytes <= cases[i].announced,
				"%llu bytes where %llu were announced, read by %zu: an error",
				(unsigned long long)cases[i].has,
				(unsigned long long)cases[i].announced, *piece);
			if (!tap_ok(strstr(fail_of(s)->what, cases[i].says) != NULL,
				    "that names the number"))
				tap_note("%s", fail_of(s)->what);
			free(sink.bytes);
			stage_free(s);
		}
	}
}

/* libburn reads exactly the size and no more: what is wrong must show by then. */
static void test_longer_without_asking(void)
{
	struct memory_source m = { .n_bytes = N_BYTES + 1 };
	struct burn_source *s = new_tap(&m, N_BYTES);
	uint8_t buf[BLOCK_BYTES];
	int n = 1;

	for (size_t i = 0; i < N_BYTES / BLOCK_BYTES && n > 0; i++)
		n = s->read_xt(s, buf, sizeof buf);
	tap_ok(fail_is_set(fail_of(s)), "too long is noticed without a read behind the end");
	stage_free(s);
}

/* A stage that fails with words of its own at its end. */
static ssize_t take_and_fail(struct stage *s, uint8_t *buf, size_t n)
{
	ssize_t got = stage_take(s, buf, n);

	return got == 0 ? fail_set(&s->fail, FAIL_FAILED, s->name, "failed") : got;
}

static struct burn_source *new_failing(struct burn_source *upstream, const char *name)
{
	struct stage *s = calloc(1, sizeof *s);
	struct fail f = { 0 };

	*s = (struct stage){ .name = name, .upstream = upstream, .fill = take_and_fail };
	return stage_new(s, &f);
}

/* The failure next to the source of the data is the cause of all others. */
static void test_cause(void)
{
	struct memory_source m = { .n_bytes = N_BYTES };
	struct fail f = { 0 };
	struct burn_source *s = new_failing(memory_source_new(&m), "first");
	struct drained sink;

	s = tap_source_new(new_failing(s, "second"), NULL, &f);
	tap_ok(!stage_cause(s, &f) && !stage_cause(NULL, &f),
		"before there is a failure: no cause");
	sink = drain(s, BLOCK_BYTES, SIZE_MAX);
	fail_set(&f, FAIL_FAILED, "sink", "failed, too");
	fail_set(&((struct stage *)s->data)->fail, FAIL_FAILED, "tap", "failed, too");
	tap_ok(sink.last == -1 && stage_cause(s, &f) && strcmp(f.object, "first") == 0,
		"the cause is what failed first on the data's way, not what came of it (%s)",
		f.object);
	free(sink.bytes);
	stage_free(s);
	m = (struct memory_source){ .n_bytes = N_BYTES, .fails = true };
	s = tap_source_new(memory_source_new(&m), NULL, &f);
	sink = drain(s, BLOCK_BYTES, SIZE_MAX);
	tap_ok(sink.last == -1 && stage_has_failed(s) && !stage_cause(s, &f),
		"a source that is not a stage has no cause");
	free(sink.bytes);
	stage_free(s);
}

static void test_other_size(void)
{
	struct memory_source m = { .n_bytes = N_BYTES, .announced = N_BYTES };
	struct burn_source *upstream = memory_source_new(&m);
	struct stage *s = calloc(1, sizeof *s);
	struct fail f = { 0 };

	*s = (struct stage){
		.name = "s", .upstream = upstream, .announced = N_BYTES + 1, .fill = take_and_fail
	};
	tap_ok(!stage_new(s, &f) && strstr(f.what, "has 796672 bytes, but 796673 were expected"),
		"an upstream that says another size is refused (%s)", f.what);
	tap_ok(atomic_load(&m.n_freed) == 0, "and left to the caller");
	stage_free(upstream);
}

static void test_get_size(void)
{
	struct memory_source m = { .n_bytes = N_BYTES, .announced = 4711 };
	struct burn_source *s = new_tap(&m, N_BYTES);

	tap_ok(s->version == 1 && !s->read && s->get_size(s) == N_BYTES, "the announced size");
	tap_ok(s->set_size(s, 1000) == 1 && s->get_size(s) == 1000, "libburn may note another one");
	stage_free(s);
}

static void test_cancel(void)
{
	struct memory_source m = { .n_bytes = N_BYTES };
	struct burn_source *s = new_tap(&m, N_BYTES);

	s->cancel(s);
	s->cancel(s);
	tap_ok(atomic_load(&m.n_cancelled) == 1, "cancel goes upstream, once");
	stage_free(s);
	tap_ok(atomic_load(&m.n_freed) == 1, "a stage that was never read is freed");
}

/* n_bytes of data, then zeros up to total. */
static void check_padded(
	uint64_t n_bytes, uint32_t unit, uint64_t extra, size_t piece, uint64_t total)
{
	struct memory_source m = { .n_bytes = n_bytes, .announced = n_bytes };
	struct fail f = { 0 };
	struct burn_source *s = pad_source_new(memory_source_new(&m), unit, extra, &f);
	uint64_t size = (uint64_t)s->get_size(s);
	struct drained sink = drain(s, piece, SIZE_MAX);
	bool ok = sink.last == 0 && sink.is_orderly && sink.n_bytes == total &&
		  (size == total || n_bytes == 0);

	for (uint64_t i = n_bytes; ok && i < total; i++)
		ok = sink.bytes[i] == 0;
	if (n_bytes && ok) {
		uint8_t *want = malloc(n_bytes);

		if (!want)
			exit(99);
		memory_source_bytes(want, 0, n_bytes);
		ok = memcmp(want, sink.bytes, n_bytes) == 0;
		free(want);
	}
	if (!tap_ok(ok, "%llu bytes padded to %u and %llu, read by %zu",
		    (unsigned long long)n_bytes, unit, (unsigned long long)extra, piece))
		tap_note("last %d, orderly %d, %zu bytes, size %llu", sink.last, sink.is_orderly,
			sink.n_bytes, (unsigned long long)size);
	free(sink.bytes);
	stage_free(s);
}

static void test_pad(void)
{
	for (const size_t *piece = memory_source_pieces; *piece; piece++) {
		check_padded(N_BYTES, BLOCK_BYTES, 150 * BLOCK_BYTES, *piece,
			N_BYTES + 150 * BLOCK_BYTES);
		check_padded(N_BYTES, 65536, 0, *piece, 13 * 65536);
		check_padded(N_BYTES, 32768, 0, *piece, 25 * 32768);
		check_padded(131072, 65536, 0, *piece, 131072);
		check_padded(0, 65536, BLOCK_BYTES, *piece, BLOCK_BYTES);
		check_padded(1, 0, 3 * CHUNK_BYTES, *piece, 1 + 3 * CHUNK_BYTES);
	}
}

static void test_pad_failing(void)
{
	struct memory_source m = { .n_bytes = 3 * BLOCK_BYTES, .fails = true };
	struct fail f = { 0 };
	struct burn_source *s = pad_source_new(memory_source_new(&m), 65536, 4096, &f);
	struct drained sink = drain(s, BLOCK_BYTES, SIZE_MAX);

	tap_ok(sink.last == -1 && sink.is_orderly, "a failure is not padded");
	free(sink.bytes);
	stage_free(s);
}

int main(void)
{
	test_stage_read();
	test_sizes();
	test_failing();
	test_lengths();
	test_longer_without_asking();
	test_cause();
	test_other_size();
	test_get_size();
	test_cancel();
	test_pad();
	test_pad_failing();
	return tap_done();
}
