/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A volume with healing data, read while it is damaged: what comes out is what was written, or an
 * error, whoever reads how much at a time. */
#include "heal/heal_reader.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/salted_digest.h"
#include "heal/heal_encoder.h"
#include "heal/heal_finder.h"
#include "lib/tap.h"
#include "util/io.h"

enum { N_DATA = 12000, N_HEADER = 512, N_THREADS = 4 };
enum fault { INTACT, SILENT, UNREADABLE };

static struct heal_record record;
static struct salted_digest *digest;
static struct block_tree_hash hash;
static uint8_t *original; /* with the healing data */
static uint8_t *faults;   /* of each block */
static atomic_ulong n_read;

static uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static bool make_volume(void)
{
	const struct heal_choice choice = { N_DATA, 0, HEAL_ROOTS, HEAL_ROWS, N_HEADER };
	int fd = open("volume", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	const struct heal_file file = { fd, "volume", &hash, NULL };
	uint64_t state = 88172645463325252;
	size_t n = (size_t)N_DATA * BLOCK_BYTES, n_all;
	uint8_t *bytes = malloc(n);
	struct fail f = { 0 };
	bool is_made;

	for (size_t i = 0; bytes && i < n / sizeof state; i++)
		memcpy(bytes + i * sizeof state, (uint64_t[]){ random_next(&state) }, sizeof state);
	digest = salted_digest_new(record.salt, sizeof record.salt, &f);
	hash = (struct block_tree_hash){ salted_digest_of, digest, salted_digest_of_run };
	is_made = bytes && fd >= 0 && digest && heal_layout_make(&record.layout, &choice) == 0 &&
		  io_pwrite_full(fd, bytes, n, 0) == 0 &&
		  heal_encoder_write(&file, &record, &f) == 0 &&
		  heal_encoder_write_records(&file, &record, &f) == 0;
	record.has_root = record.has_check_root = true;
	n_all = record.layout.end * BLOCK_BYTES;
	original = malloc(n_all);
	faults = calloc(1, record.layout.end);
	is_made = is_made && original && faults &&
		  io_pread_full(fd, original, n_all, 0) == (ssize_t)n_all;
	free(bytes);
	close(fd);
	return is_made;
}

static int read_faulty(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	(void)ctx;
	atomic_fetch_add(&n_read, n);
	for (uint64_t i = lba; i < lba + n; i++, buf += BLOCK_BYTES) {
		if (faults[i] == UNREADABLE) {
			char object[32];

			snprintf(object, sizeof object, "LBA %llu", (unsigned long long)i);
			return fail_set(f, FAIL_FAILED, object, "can't be read");
		}
		memcpy(buf, original + i * BLOCK_BYTES, BLOCK_BYTES);
		if (faults[i] == SILENT)
			buf[i % BLOCK_BYTES] ^= 1;
	}
	return 0;
}

static struct block_reader medium = { .read = read_faulty };

/* What came of reading all of it. */
struct outcome {
	uint64_t n_right, n_wrong, n_failed;
	struct heal_reader_counts counts;
};

static void read_some(struct block_reader *r, uint64_t lba, uint32_t n, struct outcome *o)
{
	static _Thread_local uint8_t buf[128 * BLOCK_BYTES];
	struct fail f = { 0 };
	unsigned long long failed = lba + n;

	if (block_reader_read(r, lba, n, buf, &f) &&
		(sscanf(f.object, "LBA %llu", &failed) != 1 || failed < lba || failed >= lba + n))
		failed = lba;
	o->n_failed += failed < lba + n;
	for (uint64_t i = lba; i < failed; i++) {
		if (memcmp(buf + (i - lba) * BLOCK_BYTES, original + i * BLOCK_BYTES, BLOCK_BYTES))
			o->n_wrong++;
		else
			o->n_right++;
	}
	/* those behind it */
	for (uint64_t i = failed + 1; i < lba + n; i++)
		read_some(r, i, 1, o);
}

static struct outcome read_all(uint32_t most, bool is_plain)
{
	struct outcome o = { 0 };
	struct fail f = { 0 };
	struct heal_reader *r = heal_reader_new(&medium, &record, &hash, is_plain, &f);
	uint64_t state = 1;

	for (uint64_t lba = 0; r && lba < N_DATA;) {
		uint32_t n = (uint32_t)(random_next(&state) % most) + 1;

		if (n > N_DATA - lba)
			n = (uint32_t)(N_DATA - lba);
		read_some(heal_reader_blocks(r), lba, n, &o);
		lba += n;
	}
	if (r)
		o.counts = heal_reader_counts(r);
	heal_reader_free(r);
	return o;
}

static void damage(struct heal_area area, enum fault fault)
{
	for (uint64_t i = area.first; i < area.first + area.n && i < record.layout.end; i++)
		faults[i] = (uint8_t)fault;
}

/* Clusters of n blocks, anywhere, until a share of all is hit. */
static void scatter(uint32_t n, unsigned percent, enum fault fault)
{
	uint64_t state = 4711, n_hit = record.layout.end * percent / 100 / n;

	while (n_hit-- > 0) {
		uint64_t first = random_next(&state) % record.layout.end / n * n;

		damage((struct heal_area){ first, n }, fault);
	}
}

static uint64_t count_bad(void)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < N_DATA; i++)
		n += faults[i] != INTACT;
	return n;
}

static void no_damage(void)
{
	memset(faults, INTACT, record.layout.end);
}

static void test_whole(const char *name, bool is_exact)
{
	struct outcome o = read_all(128, false);
	uint64_t n_bad = count_bad();

	if (!tap_ok(o.n_right == N_DATA && !o.n_wrong && !o.counts.n_lost && !o.counts.n_unproven &&
			    (is_exact ? o.counts.n_healed == n_bad : o.counts.n_healed >= n_bad),
		    "%s: all is right", name))
		tap_note("%llu right, %llu wrong, %llu failed; %llu bad, %llu healed, %llu lost, "
			 "%llu unproven",
			(unsigned long long)o.n_right, (unsigned long long)o.n_wrong,
			(unsigned long long)o.n_failed, (unsigned long long)n_bad,
			(unsigned long long)o.counts.n_healed, (unsigned long long)o.counts.n_lost,
			(unsigned long long)o.counts.n_unproven);
	no_damage();
}

static void test_kinds(void)
{
	const struct heal_layout *l = &record.layout;
	const uint64_t n_some = l->end / 20;
	const struct {
		const char *name;
		struct heal_area areas[2];
	} kinds[] = {
		{ "one block", { { 7777, 1 } } },
		{ "the header", { { 0, N_HEADER } } },
		{ "5 % from the start on", { { 0, n_some } } },
		{ "5 % in the middle", { { 5000, n_some } } },
		{ "5 % up to the end of the volume", { { N_DATA - n_some, n_some } } },
		{ "the end of the volume, and what is behind it", { { N_DATA - 100, n_some } } },
		{ "a block of the tree, and what it is of",
			{ { l->tree.first + 60, 2 }, { 3600, 40 } } },
		{ "the tree", { l->tree } },
		{ "the tree and its copy", { l->tree, l->upper } },
		{ "the header and its copy", { { 0, N_HEADER }, l->header } },
		{ "the kernel's parity, and 100 blocks", { l->kernel, { 100, 100 } } },
		{ "half of the rows, and 100 blocks",
			{ { l->rows.first, l->rows.n / 2 }, { 100, 100 } } },
		{ "all rows, and 90 blocks", { l->rows, { 1000, 90 } } },
		{ "digests of the parity, and a row, and 100 blocks",
			{ { l->rows.first + l->rows.n - 64, 64 + l->check.n }, { 100, 100 } } },
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		for (int fault = SILENT; fault <= UNREADABLE; fault++) {
			char name[100];

			damage(kinds[i].areas[0], (enum fault)fault);
			damage(kinds[i].areas[1], (enum fault)fault);
			snprintf(name, sizeof name, "%s, %s", kinds[i].name,
				fault == SILENT ? "silently" : "unreadable");
			test_whole(name, fault == SILENT);
		}
	for (int fault = SILENT; fault <= UNREADABLE; fault++) {
		scatter(1, 3, (enum fault)fault);
		test_whole("3 % scattered", fault == SILENT);
		scatter(16, 3, (enum fault)fault);
		test_whole("3 % in clusters", false);
		scatter(1, 6, (enum fault)fault);
		test_whole("6 % scattered, for which both codes are needed", false);
	}
}

static void test_cost(void)
{
	struct outcome o;
	uint64_t most = N_DATA + record.layout.tree.n + 64;

	n_read = 0;
	o = read_all(128, false);
	tap_ok(o.n_right == N_DATA && o.counts.n_healed == 0 && n_read <= most,
		"where nothing is damaged, each block is read once, and the tree");
	n_read = 0;
	o = read_all(128, true);
	tap_ok(o.n_right == N_DATA && n_read == N_DATA, "without healing, only the volume");
}

/* Readers that read ahead pass no struct fail. True where the block can't be read. */
static bool read_unheard(uint64_t lba)
{
	struct fail f = { 0 };
	struct heal_reader *r = heal_reader_new(&medium, &record, &hash, false, &f);
	uint8_t block[BLOCK_BYTES];
	bool fails = r && block_reader_read(heal_reader_blocks(r), lba, 1, block, NULL);

	heal_reader_free(r);
	return fails;
}

static void test_too_much(void)
{
	struct outcome o;

	for (int fault = SILENT; fault <= UNREADABLE; fault++) {
		damage((struct heal_area){ 4000, 4000 }, (enum fault)fault);
		o = read_all(128, false);
		tap_ok(!o.n_wrong && o.n_failed > 0 && o.n_right + o.n_failed == N_DATA &&
				o.n_right >= 8000 && o.counts.n_lost == o.n_failed,
			"a third is lost, %s: the rest is right, and no block is wrong",
			fault == SILENT ? "silently" : "unreadable");
		no_damage();
	}
	damage((struct heal_area){ 100, 50 }, SILENT);
	o = read_all(128, true);
	tap_ok(o.n_wrong == 50 && o.n_failed == 0, "without healing, damage comes as it is");
	damage((struct heal_area){ record.layout.tree.first, record.layout.end - N_DATA - 100 },
		SILENT);
	damage((struct heal_area){ 300, 10 }, UNREADABLE);
	o = read_all(128, false);
	tap_ok(o.n_wrong == 50 && o.n_failed == 10 && o.counts.n_unproven == N_DATA - 10 &&
			o.counts.n_healed == 0,
		"without a tree, what can be read comes as it is, and is counted");
	tap_ok(read_unheard(300), "nobody has to read why a block is lost");
	no_damage();
}

/* Reads a run of blocks where proof is demanded: how far it gets. */
static unsigned long long read_proven(
	struct heal_reader *r, uint64_t lba, uint32_t n, struct fail *f)
{
	static uint8_t buf[64 * BLOCK_BYTES];
	unsigned long long failed = lba + n;

	if (block_reader_read(heal_reader_blocks(r), lba, n, buf, f))
		sscanf(f->object, "LBA %llu", &failed);
	return failed;
}

static void test_proof(void)
{
	const struct heal_area some = { record.layout.tree.first + record.layout.tree.n - 2, 1 };
	struct fail f = { 0 };
	struct heal_reader *r;
	uint64_t lost;

	/* the digests of 64 blocks, and what would bring them back */
	damage(some, SILENT);
	damage((struct heal_area){ record.layout.kernel.first,
		       record.layout.check.first - record.layout.kernel.first },
		SILENT);
	r = heal_reader_new(&medium, &record, &hash, false, &f);
	if (!r)
		exit(99);
	for (lost = 0; lost < N_DATA && heal_reader_counts(r).n_unproven == 0; lost += 64)
		read_proven(r, lost, 1, &f);
	lost -= 64;
	tap_ok(heal_reader_counts(r).n_unproven == 1 && !fail_is_set(&f),
		"a block whose digest is lost is read");
	tap_ok(heal_reader_compare(r, 0, 64, original, &f) == 0, "a copy that is right");
	tap_ok(heal_reader_compare(r, 1, 1, original, &f) == -1, "one that is not");
	f = (struct fail){ 0 };
	tap_ok(heal_reader_compare(r, lost, 1, original, &f) == 0, "one that nothing is known of");
	heal_reader_demand_proof(r);
	tap_ok(read_proven(r, lost, 64, &f) == lost && f.code == FAIL_MISMATCH,
		"where proof is demanded, it is not read");
	f = (struct fail){ 0 };
	tap_ok(read_proven(r, lost + 5, 1, &f) == lost + 5 && f.code == FAIL_MISMATCH,
		"alone neither");
	f = (struct fail){ 0 };
	tap_ok(heal_reader_compare(r, lost, 1, original, &f) == -1, "nor is its copy taken");
	f = (struct fail){ 0 };
	tap_ok(read_proven(r, lost - 64, 64, &f) == lost && !fail_is_set(&f), "but all others are");
	heal_reader_free(r);
	no_damage();
}

static void test_fits(void)
{
	bool fits[3] = { 0 };
	int result = 0;

	for (int i = 0; i < 3; i++) {
		struct fail f = { 0 };
		struct heal_reader *r;

		damage((struct heal_area){ 0, i == 0 ? 1 : 2000 }, i == 2 ? UNREADABLE : SILENT);
		r = heal_reader_new(&medium, &record, &hash, false, &f);
		result |= !r || heal_reader_fits(r, &fits[i], &f);
		heal_reader_free(r);
		no_damage();
	}
	tap_ok(result == 0 && fits[0] && !fits[1] && fits[2],
		"a start that differs everywhere does not fit; one that can't be read does");
}

static void test_cut(void)
{
	medium.n_blocks = record.layout.check.first;
	damage((struct heal_area){ 6000, 100 }, SILENT);
	test_whole("the medium ends before the digests of the parity", false);
	medium.n_blocks = record.layout.end;
}

/* Of a drive's end few reads fail, though all of it may be unreadable. */
static void test_search(void)
{
	const struct heal_search search = { .at = UINT64_MAX, .is_brief = true };
	const struct heal_search all = { .at = UINT64_MAX };
	const struct heal_layout *l = &record.layout;
	struct heal_record found;
	struct fail f = { 0 };

	n_read = 0;
	tap_ok(heal_finder_run(&search, &medium, &found, &f) == 1 && n_read < 64,
		"a drive: the last record is found by few reads");
	damage(l->last, UNREADABLE);
	tap_ok(heal_finder_run(&all, &medium, &found, &f) == 1 &&
			!memcmp(found.root, record.root, sizeof found.root),
		"an image without its last record: the one before the header's copy is found");
	damage((struct heal_area){ l->end - 512, 512 }, UNREADABLE);
	n_read = 0;
	tap_ok(heal_finder_run(&search, &medium, &found, &f) == 0 &&
			n_read <= 6 * 32 + 7 /* anchors, and block 16 as a descriptor */,
		"a medium whose end can't be read at all: that is soon given up");
	no_damage();
}

struct reading {
	struct heal_reader *reader;
	uint64_t state;
	struct outcome o;
};

static void *read_anywhere(void *ctx)
{
	struct reading *r = ctx;

	for (int i = 0; i < 400; i++) {
		uint64_t lba = random_next(&r->state) % (N_DATA - 64);

		read_some(heal_reader_blocks(r->reader), lba,
			(uint32_t)(random_next(&r->state) % 64) + 1, &r->o);
	}
	return NULL;
}

static void test_threads(void)
{
	struct fail f = { 0 };
	struct reading readings[N_THREADS] = { 0 };
	pthread_t threads[N_THREADS];
	uint64_t n_wrong = 0, n_right = 0, n_failed = 0;
	struct heal_reader *r;

	scatter(16, 2, SILENT);
	scatter(1, 1, UNREADABLE);
	r = heal_reader_new(&medium, &record, &hash, false, &f);
	for (unsigned i = 0; r && i < N_THREADS; i++) {
		readings[i] = (struct reading){ .reader = r, .state = i + 1 };
		if (pthread_create(&threads[i], NULL, read_anywhere, &readings[i]))
			abort();
	}
	for (unsigned i = 0; r && i < N_THREADS; i++) {
		pthread_join(threads[i], NULL);
		n_wrong += readings[i].o.n_wrong;
		n_failed += readings[i].o.n_failed;
		n_right += readings[i].o.n_right;
	}
	tap_ok(n_right > 0 && !n_wrong && !n_failed, "%d threads at once: all is right", N_THREADS);
	heal_reader_free(r);
	no_damage();
}

int main(void)
{
	tap_enter_folder("/tmp");
	if (!tap_ok(make_volume(), "a volume with healing data"))
		return tap_done();
	medium.n_blocks = record.layout.end;
	test_cost();
	test_kinds();
	test_too_much();
	test_proof();
	test_fits();
	test_cut();
	test_search();
	test_threads();
	salted_digest_free(digest);
	free(original);
	free(faults);
	return tap_done();
}
