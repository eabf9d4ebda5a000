/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A payload read by one and by many threads, here and there and in a row, with bad blocks: each
 * block is the right one, each failure names its own, and nobody reads more than is needed. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disc/payload_reader.h"
#include "lib/tap.h"
#include "util/sector.h"

enum { N_BLOCKS = 6001, FIRST = 7, N_THREADS = 8, BAD_1 = 3000, BAD_2 = 3001, BAD_3 = 5990 };

/* A medium in memory; its bad blocks are told as a drive does. */
struct medium {
	struct block_reader reader;
	uint8_t *bytes;
	bool is_damaged;
	_Atomic uint64_t n_read; /* blocks */
};

static bool is_bad(uint64_t lba)
{
	return lba == FIRST + BAD_1 || lba == FIRST + BAD_2 || lba == FIRST + BAD_3;
}

static int read_medium(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	struct medium *m = ctx;

	for (uint32_t i = 0; i < n; i++) {
		char object[32];

		snprintf(object, sizeof object, "LBA %llu", (unsigned long long)(lba + i));
		if (m->is_damaged && is_bad(lba + i))
			return fail_set(f, FAIL_FAILED, object, "can't be read");
		memcpy(buf + (size_t)i * BLOCK_BYTES, m->bytes + (lba + i) * BLOCK_BYTES,
			BLOCK_BYTES);
	}
	atomic_fetch_add(&m->n_read, n);
	return 0;
}

/* What block i of the payload holds in the clear. */
static void fill_block(uint64_t i, uint8_t *block)
{
	for (size_t j = 0; j < BLOCK_BYTES; j++)
		block[j] = (uint8_t)(i * 31 + j * 7 + (i >> 8));
}

static bool is_right(uint64_t lba, uint32_t n, const uint8_t *buf)
{
	uint8_t block[BLOCK_BYTES];

	for (uint32_t i = 0; i < n; i++) {
		fill_block(lba + i, block);
		if (memcmp(block, buf + (size_t)i * BLOCK_BYTES, BLOCK_BYTES) != 0)
			return false;
	}
	return true;
}

/* A medium with a payload that was encrypted in one go. */
static void make(struct medium *m, struct volume *v, unsigned sector_bytes)
{
	struct sector_cipher_spec spec = {
		.name = "aes-xts-plain64", .key_bits = 512, .sector_bytes = sector_bytes
	};
	size_t n_payload = (size_t)(N_BLOCKS - FIRST) * BLOCK_BYTES;
	struct secret *key;
	struct fail f = { 0 };

	memset(m, 0, sizeof *m);
	memset(v, 0, sizeof *v);
	m->bytes = calloc(N_BLOCKS, BLOCK_BYTES);
	for (uint64_t i = 0; i < N_BLOCKS - FIRST; i++)
		fill_block(i, m->bytes + (FIRST + i) * BLOCK_BYTES);
	m->reader = (struct block_reader){ .read = read_medium, .ctx = m, .n_blocks = N_BLOCKS };
	key = secret_new(64, &f);
	for (size_t i = 0; i < 64; i++)
		secret_bytes(key)[i] = (uint8_t)i;
	v->cipher = sector_cipher_new(&spec, key, &f);
	secret_free(key);
	n_payload -= n_payload % sector_bytes;
	tap_ok(v->cipher && sector_cipher_encrypt(v->cipher, 0, m->bytes + FIRST * BLOCK_BYTES,
				    n_payload, &f) == 0,
		"a medium with sectors of %u bytes", sector_bytes);
	v->payload_offset = FIRST * BLOCK_BYTES;
}

static void test_ends(unsigned sector_bytes)
{
	struct medium m;
	struct volume v;
	struct fail f = { 0 }, behind = { 0 };
	struct block_reader *r;
	static uint8_t buf[9 * BLOCK_BYTES];
	bool are_right = true;
	uint64_t n = N_BLOCKS - FIRST;

	make(&m, &v, sector_bytes);
	r = payload_reader_new(&m.reader, &v, true, &f);
	tap_ok(r && r->n_blocks == n - n % (sector_bytes > BLOCK_BYTES ? 2 : 1),
		"it ends with the last whole sector");
	for (uint32_t at = 0; at < 20; at++)
		for (uint32_t i = 1; i < 10; i++)
			are_right = are_right && block_reader_read(r, at * 3, i, buf, &f) == 0 &&
				    is_right(at * 3, i, buf);
	tap_ok(are_right, "any blocks, wherever sectors begin");
	tap_ok(block_reader_read(r, r->n_blocks - 1, 1, buf, &f) == 0 &&
			is_right(r->n_blocks - 1, 1, buf),
		"the last one");
	tap_ok(block_reader_read(r, r->n_blocks - 1, 2, buf, &behind) != 0, "none behind the end");
	block_reader_free(r);
	v.payload_bytes = 100 * BLOCK_BYTES;
	r = payload_reader_new(&m.reader, &v, true, &f);
	tap_ok(r && r->n_blocks == 100, "a recorded length counts");
	block_reader_free(r);
	v.payload_offset = (N_BLOCKS + 1) * BLOCK_BYTES;
	tap_ok(!payload_reader_new(&m.reader, &v, true, &f) && f.code == FAIL_MISMATCH,
		"a payload behind the end is refused");
	sector_cipher_free(v.cipher);
	free(m.bytes);
}

static void test_failures(void)
{
	struct medium m;
	struct volume v;
	struct fail f = { 0 };
	struct block_reader *r;
	uint8_t *buf = calloc(512, BLOCK_BYTES);
	unsigned n_bad = 0, n_wrong = 0;

	make(&m, &v, BLOCK_BYTES);
	m.is_damaged = true;
	r = payload_reader_new(&m.reader, &v, true, &f);
	tap_ok(block_reader_read(r, BAD_1 - 20, 40, buf, &f) != 0 &&
			strcmp(f.object, "LBA 3007") == 0 && is_right(BAD_1 - 20, 20, buf),
		"the first bad block is named, those before it are there");
	/* in a row, so that it is read ahead */
	for (uint64_t lba = 0; lba < r->n_blocks; lba++) {
		struct fail bad = { 0 };
		char object[32];

		snprintf(object, sizeof object, "LBA %llu", (unsigned long long)(lba + FIRST));
		if (block_reader_read(r, lba, 1, buf, &bad) == 0)
			n_wrong += !is_right(lba, 1, buf);
		else
			n_bad += is_bad(lba + FIRST) && strcmp(bad.object, object) == 0 ? 1 : 100;
	}
	tap_ok(n_bad == 3 && n_wrong == 0, "block by block: three are bad, all others right");
	block_reader_free(r);
	sector_cipher_free(v.cipher);
	free(m.bytes);
	free(buf);
}

static void test_random(void)
{
	struct medium m;
	struct volume v;
	struct fail f = { 0 };
	struct block_reader *r;
	uint8_t buf[2 * BLOCK_BYTES];
	uint64_t lba = 1;
	bool are_right = true;

	make(&m, &v, BLOCK_BYTES);
	r = payload_reader_new(&m.reader, &v, true, &f);
	for (unsigned i = 0; i < 500; i++) {
		lba = (lba * 2862933555777941757u + 3037000493u) % (r->n_blocks - 2);
		are_right = are_right && block_reader_read(r, lba, 2, buf, &f) == 0 &&
			    is_right(lba, 2, buf);
	}
	tap_ok(are_right && m.n_read < 1000 + 3 * 128 * 5,
		"here and there: no more is read than asked for (%llu blocks)",
		(unsigned long long)m.n_read);
	block_reader_free(r);
	sector_cipher_free(v.cipher);
	free(m.bytes);
}

struct thread {
	struct block_reader *reader;
	unsigned number;
	bool is_good;
};

/* Even ones in a row from places of their own, odd ones here and there. */
static void *read_much(void *ctx)
{
	struct thread *t = ctx;
	uint8_t *buf = malloc(600 * BLOCK_BYTES);
	uint64_t lba = t->number * 600;
	struct fail f = { 0 };

	t->is_good = true;
	for (unsigned i = 0; i < 400 && t->is_good; i++) {
		uint32_t n = 1 + (i * 37 + t->number) % (i % 50 ? 64 : 600);

		if (t->number % 2)
			lba = (lba * 48271 + 11) % (t->reader->n_blocks - 600);
		if (lba + n > t->reader->n_blocks)
			lba = 0;
		t->is_good =
			block_reader_read(t->reader, lba, n, buf, &f) == 0 && is_right(lba, n, buf);
		lba += n;
	}
	free(buf);
	return NULL;
}

static void test_threads(void)
{
	struct medium m;
	struct volume v;
	struct fail f = { 0 };
	struct block_reader *r;
	pthread_t threads[N_THREADS];
	struct thread t[N_THREADS];
	bool are_good = true;

	make(&m, &v, BLOCK_BYTES);
	r = payload_reader_new(&m.reader, &v, true, &f);
	for (unsigned i = 0; i < N_THREADS; i++) {
		t[i] = (struct thread){ .reader = r, .number = i };
		pthread_create(&threads[i], NULL, read_much, &t[i]);
	}
	for (unsigned i = 0; i < N_THREADS; i++) {
		pthread_join(threads[i], NULL);
		are_good = are_good && t[i].is_good;
	}
	tap_ok(are_good, "%d threads at once, each block right", N_THREADS);
	block_reader_free(r);
	sector_cipher_free(v.cipher);
	free(m.bytes);
}

int main(void)
{
	test_ends(512);
	test_ends(BLOCK_BYTES);
	test_ends(2 * BLOCK_BYTES);
	test_failures();
	test_random();
	test_threads();
	return tap_done();
}
