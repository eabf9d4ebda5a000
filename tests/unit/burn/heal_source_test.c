/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stage that adds healing data against the encoder for files, whose parity is held to
 * veritysetup's elsewhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "burn/heal_source.h"
#include "crypto/salted_digest.h"
#include "heal/heal_encoder.h"
#include "lib/memory_source.h"
#include "lib/tap.h"
#include "util/io.h"
#include "util/sector.h"

/* Volumes on both sides of what changes the layout's form. */
static const struct heal_choice choices[] = {
	{ .n_data = 2, .n_roots = 4, .n_rows = 20 },
	{ .n_data = 63, .n_roots = 24, .n_rows = 1 },
	{ .n_data = 250, .n_roots = 2, .n_rows = 170 },
	{ .n_data = 513, .n_roots = 4, .n_rows = 20, .n_header = 512 },
	{ .n_data = 1500, .n_roots = 0, .n_rows = 20 },
	{ .n_data = 4097, .n_roots = 8, .n_rows = 5, .n_header = 512 },
	{ .n_data = 20011, .n_roots = 4, .n_rows = 20, .n_header = 1024 },
};

static const struct heal_voucher nobody;

static const uint16_t anchors[] = { 15, 448, 480, 1016 };

static struct heal_record new_record(const struct heal_choice *c)
{
	struct heal_record r = { .id = "a disc like this", .salt = "salt" };

	if (heal_layout_make(&r.layout, c))
		exit(99);
	return r;
}

static struct salted_digest *new_digest(const struct heal_record *r)
{
	struct fail f = { 0 };
	struct salted_digest *d = salted_digest_new(r->salt, sizeof r->salt, &f);

	if (!d)
		exit(99);
	return d;
}

/* The volume as it goes out: the first n_own blocks take anchors, and noise does not. */
static uint8_t *new_volume(const struct heal_record *r, uint64_t n_own)
{
	uint64_t n = r->layout.choice.n_data;
	uint8_t *bytes = malloc(n * BLOCK_BYTES);

	if (!bytes)
		exit(99);
	memory_source_bytes(bytes, 0, n * BLOCK_BYTES);
	for (size_t i = 0; i < sizeof anchors / sizeof *anchors; i++)
		if (anchors[i] < n_own && anchors[i] < n)
			heal_record_encode(
				r, HEAL_RECORD_ANCHOR, bytes + (size_t)anchors[i] * BLOCK_BYTES);
	return bytes;
}

/* What the encoder makes of it: all of the disc, on the heap. */
static uint8_t *encode(const struct heal_choice *c, uint64_t n_own)
{
	struct heal_record r = new_record(c);
	struct salted_digest *digest = new_digest(&r);
	const struct block_tree_hash hash = { salted_digest_of, digest, salted_digest_of_run };
	FILE *temporary = tmpfile();
	const struct heal_file file = { temporary ? fileno(temporary) : -1, "", &hash, NULL };
	uint8_t *bytes = new_volume(&r, n_own), *all = malloc(r.layout.end * BLOCK_BYTES);
	struct fail f = { 0 };

	if (!temporary || !all || io_pwrite_full(file.fd, bytes, c->n_data * BLOCK_BYTES, 0) ||
		heal_encoder_write(&file, &r, &f) || heal_encoder_write_records(&file, &r, &f) ||
		io_pread_full(file.fd, all, r.layout.end * BLOCK_BYTES, 0) !=
			(ssize_t)(r.layout.end * BLOCK_BYTES))
		exit(99);
	fclose(temporary);
	salted_digest_free(digest);
	free(bytes);
	return all;
}

static void test_bytes(const struct heal_choice *c, uint64_t n_own, size_t piece)
{
	struct heal_record r = new_record(c);
	struct salted_digest *digest = new_digest(&r);
	const struct block_tree_hash hash = { salted_digest_of, digest, salted_digest_of_run };
	const struct heal_plan plan = { &r, &hash, anchors, sizeof anchors / sizeof *anchors, n_own,
		{ 0 }, NULL, false };
	struct memory_source m = { .n_bytes = c->n_data * BLOCK_BYTES };
	struct fail f = { 0 };
	struct burn_source *s = heal_source_new(memory_source_new(&m), &plan, &f);
	uint8_t *want = encode(c, n_own);
	struct drained sink;

	if (!s)
		exit(99);
	tap_ok(stage_size(s) == r.layout.end * BLOCK_BYTES, "the size is known");
	sink = drain(s, piece, SIZE_MAX);
	if (!tap_ok(sink.is_orderly && sink.last == 0 &&
			    sink.n_bytes == r.layout.end * BLOCK_BYTES &&
			    memcmp(sink.bytes, want, sink.n_bytes) == 0,
		    "%llu blocks, %u roots, %u rows, in pieces of %zu: as the encoder has it",
		    (unsigned long long)c->n_data, c->n_roots, c->n_rows, piece))
		for (size_t i = 0; i < sink.n_bytes; i++)
			if (sink.bytes[i] != want[i]) {
				tap_note("byte %zu differs, in block %zu", i, i / BLOCK_BYTES);
				break;
			}
	tap_ok(r.has_root && r.has_check_root, "and the roots are told");
	free(sink.bytes);
	free(want);
	stage_free(s);
	tap_ok(atomic_load(&m.n_freed) == 1, "and upstream is freed");
	salted_digest_free(digest);
}

/* One stage over the same volume, as the plan says. */
static struct drained run_stage(const struct heal_choice *c, const struct heal_plan *plan)
{
	struct memory_source m = { .n_bytes = c->n_data * BLOCK_BYTES };
	struct fail f = { 0 };
	struct burn_source *s = heal_source_new(memory_source_new(&m), plan, &f);
	struct drained sink;

	if (!s)
		exit(99);
	sink = drain(s, 100000, SIZE_MAX);
	stage_free(s);
	return sink;
}

/* In several passes, which a file keeps the results of. */
static void test_spool(const struct heal_choice *c, unsigned n_passes)
{
	struct heal_record r = new_record(c);
	struct salted_digest *digest = new_digest(&r);
	const struct block_tree_hash hash = { salted_digest_of, digest, salted_digest_of_run };
	FILE *temporary = tmpfile();
	struct fail f = { 0 };
	struct heal_spool *spool = heal_spool_new(
		&r, &hash, &nobody, temporary ? fileno(temporary) : -1, "", n_passes, &f);
	struct heal_plan plan = { &r, &hash, anchors, sizeof anchors / sizeof *anchors, c->n_header,
		{ 0 }, spool, true };
	uint8_t *want = encode(c, c->n_header);
	struct drained sink;
	bool ok = spool != NULL;

	for (unsigned i = 0; ok && i < n_passes; i++) {
		sink = run_stage(c, &plan);
		ok = sink.is_orderly && sink.last == 0 && sink.n_bytes == c->n_data * BLOCK_BYTES &&
		     heal_spool_end_pass(spool, &f) == 0;
		free(sink.bytes);
	}
	if (!tap_ok(ok && r.has_root, "%u passes", n_passes))
		exit(99);
	plan.computes = false;
	sink = run_stage(c, &plan);
	tap_ok(sink.last == 0 && sink.n_bytes == r.layout.end * BLOCK_BYTES &&
			memcmp(sink.bytes, want, sink.n_bytes) == 0 &&
			heal_spool_n_changed(spool) == 0,
		"%llu blocks, %u roots, %u rows, %u passes: as the encoder has it",
		(unsigned long long)c->n_data, c->n_roots, c->n_rows, n_passes);
	free(sink.bytes);
	free(want);
	heal_spool_free(spool);
	fclose(temporary);
	salted_digest_free(digest);
}

/* Other blocks in the second pass are refused; while it is burned, they are counted. */
static void test_changed(bool while_computing)
{
	const struct heal_choice *c = &choices[5];
	struct heal_record r = new_record(c);
	struct salted_digest *digest = new_digest(&r);
	const struct block_tree_hash hash = { salted_digest_of, digest, salted_digest_of_run };
	FILE *temporary = tmpfile();
	struct fail f = { 0 };
	struct heal_spool *spool = heal_spool_new(&r, &hash, &nobody,
		temporary ? fileno(temporary) : -1, "", while_computing ? 2 : 1, &f);
	uint8_t *bytes = new_volume(&r, 0);
	int result;

	if (!spool || heal_spool_add(spool, bytes, c->n_data, &f) || heal_spool_end_pass(spool, &f))
		exit(99);
	bytes[1000 * BLOCK_BYTES + 5] ^= 1;
	bytes[1001 * BLOCK_BYTES] ^= 1;
	bytes[4096 * BLOCK_BYTES] ^= 1;
	result = while_computing ? heal_spool_add(spool, bytes, c->n_data, &f)
				 : heal_spool_compare(spool, bytes, c->n_data, &f);
	if (while_computing)
		tap_ok(result == -1 && f.code == FAIL_FAILED, "a change between passes: %s",
			f.what);
	else
		tap_ok(result == 0 && heal_spool_n_changed(spool) == 3,
			"changes behind the last pass are counted");
	free(bytes);
	heal_spool_free(spool);
	fclose(temporary);
	salted_digest_free(digest);
}

static int read_zeros(struct burn_source *source, unsigned char *buf, int size)
{
	(void)source;
	memset(buf, 0, (size_t)size);
	return size;
}

/* In a payload, an anchor only takes a block that is empty. */
static void test_zeros(void)
{
	const struct heal_choice c = { .n_data = 1000, .n_roots = 4, .n_rows = 20 };
	struct heal_record r = new_record(&c), found;
	struct salted_digest *digest = new_digest(&r);
	const struct block_tree_hash hash = { salted_digest_of, digest, salted_digest_of_run };
	const struct heal_plan plan = { &r, &hash, anchors, 1, 0, { 0 }, NULL, false };
	struct memory_source m = { .n_bytes = c.n_data * BLOCK_BYTES };
	struct burn_source *upstream = memory_source_new(&m);
	struct fail f = { 0 };
	struct burn_source *s;
	struct drained sink;

	upstream->read_xt = read_zeros;
	s = heal_source_new(upstream, &plan, &f);
	if (!s)
		exit(99);
	sink = drain(s, CHUNK_BYTES, 64 * BLOCK_BYTES);
	tap_ok(heal_record_decode(&found, sink.bytes + (size_t)anchors[0] * BLOCK_BYTES) &&
			!found.has_root && found.layout.end == r.layout.end,
		"an anchor in zeros");
	tap_ok(sink.bytes[((size_t)anchors[0] + 1) * BLOCK_BYTES] == 0, "and nothing behind it");
	free(sink.bytes);
	stage_free(s);
	salted_digest_free(digest);
}

static void test_upstream(uint64_t n_bytes, bool fails, const char *name)
{
	const struct heal_choice *c = &choices[3];
	struct heal_record r = new_record(c);
	struct salted_digest *digest = new_digest(&r);
	const struct block_tree_hash hash = { salted_digest_of, digest, salted_digest_of_run };
	const struct heal_plan plan = { &r, &hash, NULL, 0, 0, { 0 }, NULL, false };
	struct memory_source m = { .n_bytes = n_bytes, .fails = fails };
	struct fail f = { 0 };
	struct burn_source *s = heal_source_new(memory_source_new(&m), &plan, &f);
	struct drained sink;

	if (!s)
		exit(99);
	sink = drain(s, 65536, SIZE_MAX);
	tap_ok(sink.last == -1 && sink.n_bytes <= n_bytes, "%s: an error, and no healing data",
		name);
	tap_ok(fails || fail_is_set(fail_of(s)), "%s: it is told", name);
	free(sink.bytes);
	stage_free(s);
	salted_digest_free(digest);
}

static int vouch(void *ctx, struct heal_record *r, struct fail *f)
{
	bool *fails = ctx;

	if (*fails)
		return fail_set(f, FAIL_FAILED, "", "nobody vouches for it");
	r->has_mac = r->has_root;
	memset(r->mac, 0x5a, sizeof r->mac);
	return 0;
}

/* Where who vouches for it fails, there are no records. */
static void test_voucher(bool fails)
{
	const struct heal_choice *c = &choices[3];
	struct heal_record r = new_record(c), found;
	struct salted_digest *digest = new_digest(&r);
	const struct block_tree_hash hash = { salted_digest_of, digest, salted_digest_of_run };
	const struct heal_plan plan = { &r, &hash, NULL, 0, 0, { vouch, &fails }, NULL, false };
	const struct heal_area *places[] = { &r.layout.front, &r.layout.late, &r.layout.last };
	struct memory_source m = { .n_bytes = c->n_data * BLOCK_BYTES };
	struct fail f = { 0 };
	struct burn_source *s = heal_source_new(memory_source_new(&m), &plan, &f);
	struct drained sink;
	int n_vouched = 0;

	if (!s)
		exit(99);
	sink = drain(s, 65536, SIZE_MAX);
	for (size_t i = 0; !fails && i < sizeof places / sizeof *places; i++)
		n_vouched +=
			heal_record_decode(&found, sink.bytes + places[i]->first * BLOCK_BYTES) &&
			found.has_mac && found.mac[31] == 0x5a;
	if (fails)
		tap_ok(sink.last == -1 && sink.n_bytes <= m.n_bytes && fail_is_set(fail_of(s)),
			"nobody vouches for it: an error");
	else
		tap_ok(n_vouched == 3, "all three records have what vouches for them");
	free(sink.bytes);
	stage_free(s);
	salted_digest_free(digest);
}

int main(void)
{
	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
		test_bytes(&choices[i], choices[i].n_header, CHUNK_BYTES);
	for (const size_t *piece = memory_source_pieces; *piece; piece++)
		test_bytes(&choices[3], 512, *piece);
	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
		for (unsigned n_passes = 1; n_passes < 9; n_passes += 3)
			test_spool(&choices[i], n_passes);
	test_changed(true);
	test_changed(false);
	test_zeros();
	test_voucher(false);
	test_voucher(true);
	test_upstream(100 * BLOCK_BYTES, true, "upstream fails");
	test_upstream(100 * BLOCK_BYTES, false, "upstream ends early");
	test_upstream(514 * BLOCK_BYTES, false, "upstream goes on");
	return tap_done();
}
