/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The digest of what goes out, and its thread. */
#include <stdlib.h>
#include <string.h>

#include "burn/tap_source.h"
#include "lib/memory_source.h"
#include "lib/tap.h"
#include "util/sector.h"

enum { N_BYTES = 21 * CHUNK_BYTES + 777 };

/* The digest in one go, in this thread. */
static void plain_digest(uint64_t n_bytes, uint8_t out[DIGEST_BYTES])
{
	struct fail f = { 0 };
	struct digest_list *d = digest_list_new(0, &f);
	uint8_t *bytes = malloc(n_bytes + 1);

	if (!d || !bytes)
		exit(99);
	memory_source_bytes(bytes, 0, n_bytes);
	digest_list_update(d, bytes, n_bytes);
	digest_list_finish(d);
	digest_list_total(d, out);
	digest_list_free(d);
	free(bytes);
}

static struct burn_source *new_tap(
	struct memory_source *m, uint64_t announced, struct digest_list *d)
{
	struct fail f = { 0 };
	struct burn_source *s;

	m->announced = announced;
	s = tap_source_new(memory_source_new(m), d, &f);

	if (!s)
		exit(99);
	return s;
}

static void test_digest(size_t piece, uint64_t announced)
{
	struct fail f = { 0 };
	struct memory_source m = { .n_bytes = N_BYTES };
	struct digest_list *d = digest_list_new(0, &f);
	struct burn_source *s = new_tap(&m, announced, d);
	struct drained sink = drain(s, piece, SIZE_MAX);
	uint8_t got[DIGEST_BYTES], want[DIGEST_BYTES];

	/* before the tap is freed */
	digest_list_finish(d);
	digest_list_total(d, got);
	plain_digest(N_BYTES, want);
	tap_ok(memcmp(got, want, DIGEST_BYTES) == 0, "the digest, pieces of %zu, %s", piece,
		announced ? "announced" : "unknown size");
	memory_source_check(&sink, N_BYTES, "and the bytes");
	stage_free(s);
	digest_list_free(d);
}

/* libburn's way: as many reads as the track has blocks, none behind. */
static void test_exact_reads(void)
{
	enum { BLOCKS = 5 * CHUNK_BYTES / BLOCK_BYTES + 3 };
	struct fail f = { 0 };
	struct memory_source m = { .n_bytes = BLOCKS * BLOCK_BYTES };
	struct digest_list *d = digest_list_new(0, &f);
	struct burn_source *s = new_tap(&m, m.n_bytes, d);
	uint8_t buf[BLOCK_BYTES], got[DIGEST_BYTES], want[DIGEST_BYTES];
	bool ok = true;

	for (int i = 0; i < BLOCKS; i++)
		ok = ok && s->read_xt(s, buf, sizeof buf) == sizeof buf;
	digest_list_finish(d);
	digest_list_total(d, got);
	plain_digest(m.n_bytes, want);
	tap_ok(ok && memcmp(got, want, DIGEST_BYTES) == 0,
		"the digest is complete with the last block");
	stage_free(s);
	digest_list_free(d);
}

static void test_free_anywhere(void)
{
	static const unsigned n_reads[] = { 0, 1, 3, 100 };

	for (size_t i = 0; i < sizeof n_reads / sizeof *n_reads; i++) {
		struct fail f = { 0 };
		struct memory_source m = { .n_bytes = N_BYTES };
		struct digest_list *d = digest_list_new(0, &f);
		struct burn_source *s = new_tap(&m, N_BYTES, d);
		uint8_t buf[65536];

		for (unsigned j = 0; j < n_reads[i]; j++)
			s->read_xt(s, buf, sizeof buf);
		stage_free(s);
		digest_list_free(d);
		tap_ok(atomic_load(&m.n_freed) == 1, "freed after %u reads", n_reads[i]);
	}
}

static void test_failing(void)
{
	struct fail f = { 0 };
	struct memory_source m = { .n_bytes = 2 * CHUNK_BYTES, .fails = true };
	struct digest_list *d = digest_list_new(0, &f);
	struct burn_source *s = new_tap(&m, N_BYTES, d);
	struct drained sink = drain(s, BLOCK_BYTES, SIZE_MAX);
	uint8_t got[DIGEST_BYTES], want[DIGEST_BYTES];

	digest_list_finish(d);
	digest_list_total(d, got);
	plain_digest(2 * CHUNK_BYTES, want);
	tap_ok(sink.last == -1 && memcmp(got, want, DIGEST_BYTES) == 0,
		"after an error the digest is that of what went out");
	free(sink.bytes);
	stage_free(s);
	digest_list_free(d);
}

int main(void)
{
	for (const size_t *piece = memory_source_pieces; *piece; piece++) {
		test_digest(*piece, N_BYTES);
		test_digest(*piece, 0);
	}
	test_exact_reads();
	test_free_anywhere();
	test_failing();
	return tap_done();
}
