/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/memory_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/tap.h"
#include "util/sector.h"

const size_t memory_source_pieces[] = { 1, 2047, 2048, 65536, CHUNK_BYTES, 1000001, 0 };

/* Steele, Lea, Flood: Fast splittable pseudorandom number generators (splitmix64). */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

void memory_source_bytes(uint8_t *buf, uint64_t offset, size_t n)
{
	uint64_t word = mix(offset / 8);

	for (size_t i = 0; i < n; i++, offset++) {
		if (offset % 8 == 0)
			word = mix(offset / 8);
		buf[i] = (uint8_t)(word >> offset % 8 * 8);
	}
}

static int deliver(struct burn_source *source, unsigned char *buf, int size)
{
	struct memory_source *m = source->data;
	uint64_t n = (uint64_t)size;

	m->n_reads++;
	if (m->nap_us)
		usleep(m->nap_us);
	if (m->block_at && m->at >= m->block_at) {
		while (!atomic_load(&m->n_cancelled))
			usleep(1000);
		return -1;
	}
	if (m->hook_at && m->at >= m->hook_at) {
		m->hook_at = 0;
		m->hook(m->hook_ctx);
	}
	if (n > m->n_bytes - m->at)
		n = m->n_bytes - m->at;
	if (n == 0)
		return m->fails ? -1 : 0;
	/* version 0 sources are often pipes */
	if (m->is_old && n > 1000)
		n = 1000;
	memory_source_bytes(buf, m->at, n);
	m->at += n;
	return (int)n;
}

static off_t get_size(struct burn_source *source)
{
	struct memory_source *m = source->data;

	return (off_t)m->announced;
}

static int count_cancel(struct burn_source *source)
{
	struct memory_source *m = source->data;

	atomic_fetch_add(&m->n_cancelled, 1);
	return 1;
}

static void count_free(struct burn_source *source)
{
	struct memory_source *m = source->data;

	atomic_fetch_add(&m->n_freed, 1);
}

struct burn_source *memory_source_new(struct memory_source *m)
{
	struct burn_source *s = calloc(1, sizeof *s);

	if (!s)
		exit(99);
	s->refcount = 1;
	s->get_size = get_size;
	s->free_data = count_free;
	s->data = m;
	if (m->is_old) {
		s->read = deliver;
		return s;
	}
	s->version = 1;
	s->read_xt = deliver;
	s->cancel = count_cancel;
	return s;
}

void memory_source_check(struct drained *sink, uint64_t n_bytes, const char *name)
{
	uint8_t *want = malloc(n_bytes + 1);

	if (!want)
		exit(99);
	memory_source_bytes(want, 0, n_bytes);
	if (!tap_ok(sink->is_orderly && sink->last == 0 && sink->n_bytes == n_bytes &&
			    memcmp(sink->bytes, want, n_bytes) == 0,
		    "%s", name))
		tap_note("orderly %d, last %d, %zu bytes of %llu", sink->is_orderly, sink->last,
			sink->n_bytes, (unsigned long long)n_bytes);
	free(want);
	free(sink->bytes);
	sink->bytes = NULL;
}
