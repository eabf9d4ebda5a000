/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The encrypting stage against the cipher applied sector by sector; the cipher itself is held to
 * published vectors elsewhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "burn/crypt_source.h"
#include "lib/memory_source.h"
#include "lib/tap.h"
#include "util/sector.h"

enum { N_BYTES = 3 * CHUNK_BYTES + 5 * BLOCK_BYTES };

struct shape {
	const char *cipher; /* NULL: none */
	unsigned key_bits, sector_bytes;
	uint64_t header_bytes, trailer_bytes;
};

static const struct shape shapes[] = {
	{ NULL, 0, 0, 0, 0 },
	{ "aes-cbc-plain", 256, 512, 0, 0 },
	{ "aes-cbc-plain", 256, 512, 512, 1536 },
	{ "aes-xts-plain64", 512, 2048, 1 << 20, 0 },
	{ "aes-xts-plain64", 512, 512, 4040 * 512, 0 },
	{ "aes-xts-plain64", 256, 1024, 131072, 131072 },
	{ "aes-cbc-essiv:sha256", 256, 2048, 1000, CHUNK_BYTES + 1 },
};

/* A part that is told apart from the payload. */
static uint8_t *new_part(uint64_t n, uint64_t from)
{
	uint8_t *bytes = malloc(n + 1);

	if (!bytes)
		exit(99);
	memory_source_bytes(bytes, from, n);
	return bytes;
}

static struct sector_cipher *new_cipher(const struct shape *shape)
{
	struct sector_cipher_spec spec = { .name = shape->cipher,
		.key_bits = shape->key_bits,
		.sector_bytes = shape->sector_bytes };
	struct fail f = { 0 };
	struct secret *key = secret_new(shape->key_bits / 8, &f);
	struct sector_cipher *c;

	if (!key)
		exit(99);
	memory_source_bytes(secret_bytes(key), 12345, secret_size(key));
	c = sector_cipher_new(&spec, key, &f);
	secret_free(key);
	if (!c)
		exit(99);
	return c;
}

static struct volume new_volume(const struct shape *shape)
{
	struct volume v = { 0 };

	v.header_bytes = v.payload_offset = shape->header_bytes;
	v.trailer_bytes = shape->trailer_bytes;
	v.header = shape->header_bytes ? new_part(shape->header_bytes, 1 << 30) : NULL;
	v.trailer = shape->trailer_bytes ? new_part(shape->trailer_bytes, 1 << 29) : NULL;
	v.cipher = shape->cipher ? new_cipher(shape) : NULL;
	return v;
}

static void free_parts(struct volume *v)
{
	sector_cipher_free(v->cipher);
	free(v->header);
	free(v->trailer);
}

/* What the stage has to deliver: the parts one behind the other, one sector a call. */
static uint8_t *expected(
	const struct volume *v, const struct shape *shape, uint64_t payload_bytes, uint64_t *total)
{
	uint64_t cipher_bytes =
		v->cipher ? (payload_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES
			  : payload_bytes;
	uint8_t *out = calloc(1, v->header_bytes + cipher_bytes + v->trailer_bytes + 1), *at = out;
	struct fail f = { 0 };

	if (!out)
		exit(99);
	if (v->header)
		memcpy(at, v->header, v->header_bytes);
	at += v->header_bytes;
	memory_source_bytes(at, 0, payload_bytes);
	for (uint64_t i = 0; v->cipher && i < cipher_bytes; i += shape->sector_bytes)
		if (sector_cipher_encrypt(v->cipher, i, at + i, shape->sector_bytes, &f))
			exit(99);
	at += cipher_bytes;
	if (v->trailer)
		memcpy(at, v->trailer, v->trailer_bytes);
	*total = v->header_bytes + cipher_bytes + v->trailer_bytes;
	return out;
}

static void check(const struct shape *shape, uint64_t payload_bytes, bool announce, size_t piece)
{
	struct volume v = new_volume(shape);
	struct memory_source m = { .n_bytes = payload_bytes,
		.announced = announce ? payload_bytes : 0 };
	struct fail f = { 0 };
	uint64_t total, size;
	uint8_t *want = expected(&v, shape, payload_bytes, &total);
	struct burn_source *s = crypt_source_new(memory_source_new(&m), &v, &f);
	struct drained sink;

	if (!s)
		exit(99);
	size = (uint64_t)s->get_size(s);
	sink = drain(s, piece, SIZE_MAX);
	if (!tap_ok(sink.is_orderly && sink.last == 0 && sink.n_bytes == total &&
			    memcmp(sink.bytes, want, total) == 0 && size == (announce ? total : 0),
		    "%s, sectors of %u, header %llu, trailer %llu, %llu bytes read by %zu%s",
		    shape->cipher ? shape->cipher : "no cipher", shape->sector_bytes,
		    (unsigned long long)shape->header_bytes,
		    (unsigned long long)shape->trailer_bytes, (unsigned long long)payload_bytes,
		    piece, announce ? "" : ", unannounced"))
		tap_note("orderly %d, last %d, %zu bytes of %llu, size %llu: %s", sink.is_orderly,
			sink.last, sink.n_bytes, (unsigned long long)total,
			(unsigned long long)size, fail_of(s)->what);
	free(sink.bytes);
	free(want);
	stage_free(s);
	free_parts(&v);
}

static void test_shapes(void)
{
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		for (const size_t *piece = memory_source_pieces; *piece; piece++) {
			check(&shapes[i], N_BYTES, true, *piece);
			if (shapes[i].trailer_bytes == 0)
				check(&shapes[i], N_BYTES, false, *piece);
		}
		check(&shapes[i], BLOCK_BYTES, true, BLOCK_BYTES);
		check(&shapes[i], CHUNK_BYTES, true, BLOCK_BYTES);
	}
	/* what is no whole block is padded inside the cipher text */
	check(&shapes[3], N_BYTES + 1, false, BLOCK_BYTES);
	check(&shapes[1], 100, false, BLOCK_BYTES);
	check(&shapes[1], N_BYTES + 600, true, BLOCK_BYTES);
	check(&shapes[0], N_BYTES + 600, false, BLOCK_BYTES);
	check(&shapes[1], 0, false, BLOCK_BYTES);
}

static void check_fails(uint64_t has, bool fails, uint64_t announced, const char *says)
{
	struct volume v = new_volume(&shapes[5]);
	struct memory_source m = { .n_bytes = has, .fails = fails, .announced = announced };
	struct fail f = { 0 };
	struct burn_source *s = crypt_source_new(memory_source_new(&m), &v, &f);
	struct drained sink;

	if (!s)
		exit(99);
	sink = drain(s, BLOCK_BYTES, SIZE_MAX);
	tap_ok(sink.is_orderly && sink.last == -1 && sink.n_bytes < v.header_bytes + announced,
		"%llu bytes, %llu announced%s: an error", (unsigned long long)has,
		(unsigned long long)announced, fails ? ", failing" : "");
	if (!tap_ok(says ? strstr(fail_of(s)->what, says) != NULL : !fail_is_set(fail_of(s)),
		    "it says: %s", says ? says : "nothing, upstream has it"))
		tap_note("%s", fail_of(s)->what);
	free(sink.bytes);
	stage_free(s);
	tap_ok(atomic_load(&m.n_freed) == 1, "upstream was freed");
	free_parts(&v);
}

static void test_failing(void)
{
	check_fails(
		N_BYTES - BLOCK_BYTES, false, N_BYTES, "shorter than expected: 794624 of 796672");
	check_fails(0, false, N_BYTES, "shorter than expected: 0 of 796672");
	check_fails(N_BYTES + BLOCK_BYTES, false, N_BYTES,
		"longer than expected: more than 796672 bytes");
	check_fails(7 * BLOCK_BYTES, true, N_BYTES, NULL);
	check_fails(0, true, N_BYTES, NULL);
	check_fails(N_BYTES, true, N_BYTES, NULL);
}

static void test_refusing(void)
{
	struct volume v = new_volume(&shapes[5]);
	struct memory_source m = { .n_bytes = N_BYTES };
	struct burn_source *upstream = memory_source_new(&m), *s;
	struct fail f = { 0 };

	s = crypt_source_new(upstream, &v, &f);
	tap_ok(!s && f.code == FAIL_USAGE, "a trailer needs the size");
	tap_ok(atomic_load(&m.n_freed) == 0, "upstream stays with the caller");
	stage_free(upstream);
	free_parts(&v);
}

/* The volume's own context is not used: another thread may. */
static void test_clone(void)
{
	struct volume v = new_volume(&shapes[1]);
	struct memory_source m = { .n_bytes = N_BYTES };
	struct fail f = { 0 };
	uint64_t total;
	uint8_t *want = expected(&v, &shapes[1], N_BYTES, &total);
	struct burn_source *s = crypt_source_new(memory_source_new(&m), &v, &f);
	struct drained sink;

	sector_cipher_free(v.cipher);
	v.cipher = NULL;
	sink = drain(s, 65536, SIZE_MAX);
	tap_ok(sink.n_bytes == total && memcmp(sink.bytes, want, total) == 0,
		"the stage has a cipher of its own");
	free(sink.bytes);
	free(want);
	stage_free(s);
	free_parts(&v);
}

int main(void)
{
	test_shapes();
	test_failing();
	test_refusing();
	test_clone();
	return tap_done();
}
