/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the chain costs: CPU seconds (all threads) per GB of memory source -> crypt -> tap -> queue,
 * read as libburn reads, in 2048 bytes; as a ratio to copying the same bytes. Then a sink that
 * paces itself like a drive, which must never find the queue empty.
 *
 *     bench_chain [MEGABYTES [SECONDS [MB_PER_SECOND]]]
 *
 * Status 1 where the queue ran empty. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "burn/crypt_source.h"
#include "burn/queue_source.h"
#include "burn/stage.h"
#include "burn/tap_source.h"
#include "crypto/digest_list.h"
#include "crypto/format/volume.h"
#include "util/sector.h"

enum { DEPTH = 32 << 20, DATA_BYTES = 64 << 20, MB = 1000 * 1000 };

static uint8_t *data; /* DATA_BYTES, more than a cache holds */

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void check(const void *p, const struct fail *f)
{
	if (p)
		return;
	fprintf(stderr, "bench_chain: %s\n", f->what);
	exit(1);
}

/* A source that copies out of data, over and over. */
struct source {
	uint64_t at, n_bytes;
};

static int copy(struct burn_source *s, unsigned char *buf, int size)
{
	struct source *m = s->data;
	size_t n = (size_t)size, from = m->at % DATA_BYTES;

	if (n > m->n_bytes - m->at)
		n = m->n_bytes - m->at;
	if (n > DATA_BYTES - from)
		n = DATA_BYTES - from;
	memcpy(buf, data + from, n);
	m->at += n;
	return (int)n;
}

static off_t get_size(struct burn_source *s)
{
	struct source *m = s->data;

	return (off_t)m->n_bytes;
}

static int nothing(struct burn_source *s)
{
	(void)s;
	return 1;
}

static void free_source(struct burn_source *s)
{
	free(s->data);
}

static struct burn_source *new_source(uint64_t n_bytes)
{
	struct burn_source *s = calloc(1, sizeof *s);
	struct source *m = calloc(1, sizeof *m);

	if (!s || !m)
		exit(1);
	m->n_bytes = n_bytes;
	s->refcount = 1;
	s->version = 1;
	s->read_xt = copy;
	s->cancel = nothing;
	s->get_size = get_size;
	s->free_data = free_source;
	s->data = m;
	return s;
}

/* What a chain consists of, the source apart. */
struct chain {
	const char *name;
	const char *cipher; /* NULL: none */
	unsigned key_bits, sector_bytes;
	bool has_tap, has_digest, has_queue;
	size_t piece; /* of a read */
};

struct parts {
	struct volume volume;
	struct digest_list *digest;
	struct burn_source *queue; /* NULL or top */
};

static struct sector_cipher *new_cipher(const struct chain *c)
{
	struct sector_cipher_spec spec = {
		.name = c->cipher, .key_bits = c->key_bits, .sector_bytes = c->sector_bytes
	};
	struct fail f = { 0 };
	struct secret *key = secret_new(c->key_bits / 8, &f);
	struct sector_cipher *cipher;

	check(key, &f);
	secret_random(secret_bytes(key), secret_size(key));
	cipher = sector_cipher_new(&spec, key, &f);
	secret_free(key);
	check(cipher, &f);
	return cipher;
}

static struct burn_source *build(const struct chain *c, uint64_t n_bytes, struct parts *p)
{
	struct burn_source *top = new_source(n_bytes);
	struct fail f = { 0 };

	*p = (struct parts){ 0 };
	if (c->cipher) {
		p->volume.cipher = new_cipher(c);
		top = crypt_source_new(top, &p->volume, &f);
		check(top, &f);
	}
	if (c->has_digest) {
		p->digest = digest_list_new(0, &f);
		check(p->digest, &f);
	}
	if (c->has_tap) {
		top = tap_source_new(top, p->digest, &f);
		check(top, &f);
	}
	if (c->has_queue) {
		top = queue_source_new(top, DEPTH, &f);
		check(top, &f);
		p->queue = top;
	}
	return top;
}

static void tear_down(struct burn_source *top, struct parts *p)
{
	stage_free(top);
	digest_list_free(p->digest);
	sector_cipher_free(p->volume.cipher);
}

/* Reads all; wall and CPU seconds. */
static void run(const struct chain *c, uint64_t n_bytes, double *wall, double *cpu)
{
	static uint8_t buf[CHUNK_BYTES];
	struct parts p;
	struct burn_source *top = build(c, n_bytes, &p);
	uint64_t n = 0;
	int r;

	*wall = -seconds(CLOCK_MONOTONIC);
	*cpu = -seconds(CLOCK_PROCESS_CPUTIME_ID);
	while ((r = top->read_xt(top, buf, (int)c->piece)) > 0)
		n += (uint64_t)r;
	*wall += seconds(CLOCK_MONOTONIC);
	*cpu += seconds(CLOCK_PROCESS_CPUTIME_ID);
	if (r < 0 || n != n_bytes) {
		fprintf(stderr, "bench_chain: %s: the chain failed\n", c->name);
		exit(1);
	}
	tear_down(top, &p);
}

static const struct chain chains[] = {
	{ .name = "copy of 256 KiB pieces (baseline)", .piece = CHUNK_BYTES },
	{ "xts 2048, read by 256 KiB", "aes-xts-plain64", 512, 2048, false, false, false,
		CHUNK_BYTES },
	{ "xts 2048, read by 2048", "aes-xts-plain64", 512, 2048, false, false, false,
		BLOCK_BYTES },
	{ "cbc 512, read by 2048", "aes-cbc-plain", 256, 512, false, false, false, BLOCK_BYTES },
	{ "xts, tap", "aes-xts-plain64", 512, 2048, true, false, false, BLOCK_BYTES },
	{ "xts, tap, queue", "aes-xts-plain64", 512, 2048, true, false, true, BLOCK_BYTES },
	{ "xts, tap with digest", "aes-xts-plain64", 512, 2048, true, true, false, BLOCK_BYTES },
	{ "xts, tap with digest, queue", "aes-xts-plain64", 512, 2048, true, true, true,
		BLOCK_BYTES },
	{ "cbc, tap with digest, queue", "aes-cbc-plain", 256, 512, true, true, true, BLOCK_BYTES },
	{ .name = NULL },
};

static void measure_all(uint64_t n_bytes)
{
	const double gb = (double)n_bytes / 1e9;
	double baseline = 0;

	printf("%-36s %12s %12s %8s\n", "chain", "CPU s/GB", "wall s/GB", "ratio");
	for (const struct chain *c = chains; c->name; c++) {
		double wall, cpu;

		run(c, n_bytes, &wall, &cpu);
		if (c == chains)
			baseline = cpu;
		printf("%-36s %12.3f %12.3f %8.1f\n", c->name, cpu / gb, wall / gb, cpu / baseline);
	}
}

/* Reads by 2048 as fast as a drive does and no faster. The queue's lowest level. */
static unsigned pace(double n_seconds, double mb_per_second)
{
	const struct chain c = { "", "aes-xts-plain64", 512, 2048, true, true, true, BLOCK_BYTES };
	const double rate = mb_per_second * MB;
	uint64_t n_bytes = (uint64_t)(rate * n_seconds) / BLOCK_BYTES * BLOCK_BYTES, n = 0;
	uint8_t buf[BLOCK_BYTES];
	struct parts p;
	struct burn_source *top = build(&c, n_bytes, &p);
	double start, cpu = -seconds(CLOCK_PROCESS_CPUTIME_ID);
	unsigned lowest;

	queue_source_wait_filled(top);
	start = seconds(CLOCK_MONOTONIC);
	while (top->read_xt(top, buf, sizeof buf) > 0) {
		double ahead;

		n += sizeof buf;
		/* a drive takes 64 KiB and more at a time */
		if (n % 65536)
			continue;
		ahead = (double)n / rate - (seconds(CLOCK_MONOTONIC) - start);
		if (ahead > 0)
			nanosleep(&(struct timespec){ (time_t)ahead,
					  (long)((ahead - (double)(time_t)ahead) * 1e9) },
				NULL);
	}
	cpu += seconds(CLOCK_PROCESS_CPUTIME_ID);
	lowest = queue_source_lowest_percent(top);
	printf("paced at %.0f MB/s: %.1f MB/s over %.1f s, %.1f %% of a core, lowest level of the "
	       "queue %u %% of %d MiB\n",
		mb_per_second, (double)n / MB / (seconds(CLOCK_MONOTONIC) - start),
		seconds(CLOCK_MONOTONIC) - start, 100 * cpu / (seconds(CLOCK_MONOTONIC) - start),
		lowest, DEPTH >> 20);
	tear_down(top, &p);
	return lowest;
}

int main(int argc, char **argv)
{
	double megabytes = argc > 1 ? atof(argv[1]) : 2000;
	double n_seconds = argc > 2 ? atof(argv[2]) : 10;
	double rate = argc > 3 ? atof(argv[3]) : 72;
	struct rusage usage;
	unsigned lowest;

	data = malloc(DATA_BYTES);
	if (!data || megabytes <= 0 || n_seconds <= 0 || rate <= 0) {
		fprintf(stderr, "usage: bench_chain [MEGABYTES [SECONDS [MB_PER_SECOND]]]\n");
		return 2;
	}
	secret_random(data, DATA_BYTES);
	measure_all((uint64_t)(megabytes * MB) / BLOCK_BYTES * BLOCK_BYTES);
	lowest = pace(n_seconds, rate);
	getrusage(RUSAGE_SELF, &usage);
	printf("peak memory %ld MiB, %d of it the source's\n", usage.ru_maxrss >> 10,
		DATA_BYTES >> 20);
	free(data);
	return lowest == 0;
}
