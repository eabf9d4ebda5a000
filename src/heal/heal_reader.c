/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/heal_reader.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heal/unit_healer.h"

/* What became of a block of the volume, as bits. */
enum { COMPUTED = 1, LOST = 2, UNPROVEN = 4 };

/* Digests that tell whether others are lost, too. */
enum { N_PROBES = 16 };

struct heal_reader {
	struct block_reader *medium;
	const struct block_tree_hash *hash;
	struct block_reader blocks;
	struct unit_healer *healer; /* NULL: nothing is compared */
	pthread_mutex_t lock;       /* of all that follows, and the healer */
	uint8_t *marks;             /* heap: a byte a block */
	struct heal_reader_counts counts;
	bool demands_proof;
};

static void mark(struct heal_reader *r, uint64_t block, uint8_t what, uint64_t *n)
{
	*n += !(r->marks[block] & what);
	r->marks[block] |= what;
}

static int fail_lost(uint64_t block, bool differs, struct fail *f)
{
	char object[32];

	snprintf(object, sizeof object, "LBA %llu", (unsigned long long)block);
	if (differs)
		return fail_set(f, FAIL_FAILED, object,
			"is not what was written, by its digest, and can't be healed");
	errno = EIO;
	return fail_errno(f, FAIL_FAILED, object, "can't be read, and can't be healed");
}

/* What can be read of a block whose digest is lost. With the lock held. */
static int take_unproven(struct heal_reader *r, uint64_t block, struct fail *f)
{
	char object[32];

	mark(r, block, UNPROVEN, &r->counts.n_unproven);
	if (!r->demands_proof)
		return 0;
	snprintf(object, sizeof object, "LBA %llu", (unsigned long long)block);
	return fail_set(f, FAIL_MISMATCH, object, "its digest is lost, so nothing proves it");
}

/* Brings back a block whose digest is known. With the lock held. */
static int heal(struct heal_reader *r, uint64_t block, enum block_state state,
	const uint8_t wanted[SHA256_BYTES], uint8_t *buf, struct fail *f)
{
	int result = 0;

	if (!(r->marks[block] & LOST))
		result = unit_healer_run(r->healer, block, state, wanted, buf, f);
	if (result == 1)
		mark(r, block, COMPUTED, &r->counts.n_healed);
	if (result == 0)
		mark(r, block, LOST, &r->counts.n_lost);
	if (result == 0)
		return fail_lost(block, state == BLOCK_DIFFERS, f);
	return result == 1 ? 0 : -1;
}

static bool is_right(
	const struct heal_reader *r, const uint8_t *bytes, const uint8_t wanted[SHA256_BYTES])
{
	uint8_t digest[SHA256_BYTES];

	r->hash->digest(r->hash->ctx, bytes, digest);
	return memcmp(digest, wanted, sizeof digest) == 0;
}

/* Without trying what is known to fail. With the lock held. */
static int read_one_locked(struct heal_reader *r, uint64_t block, uint8_t *buf, struct fail *f)
{
	uint8_t wanted[SHA256_BYTES];
	struct fail unread = { 0 };
	int known = unit_healer_digests(r->healer, block, 1, wanted, f);
	enum block_state state = BLOCK_UNREADABLE;

	if (known < 0)
		return -1;
	if (known && unit_healer_is_bad(r->healer, block))
		return heal(r, block, state, wanted, buf, f);
	if (known && unit_healer_kept(r->healer, block)) {
		r->counts.n_presumed += !(r->marks[block] & COMPUTED);
		return heal(r, block, state, wanted, buf, f);
	}
	if (block_reader_read(r->medium, block, 1, buf, &unread) == 0)
		state = !known || is_right(r, buf, wanted) ? BLOCK_RIGHT : BLOCK_DIFFERS;
	if (!known && state == BLOCK_RIGHT)
		return take_unproven(r, block, f);
	if (state == BLOCK_RIGHT)
		return 0;
	if (known)
		return heal(r, block, state, wanted, buf, f);
	if (f && !fail_is_set(f))
		*f = unread;
	return -1;
}

static int read_singly(
	struct heal_reader *r, uint64_t block, uint32_t n, uint8_t *buf, struct fail *f)
{
	int result = 0;

	for (uint32_t i = 0; i < n && result == 0; i++) {
		pthread_mutex_lock(&r->lock);
		result = read_one_locked(r, block + i, buf + (size_t)i * BLOCK_BYTES, f);
		pthread_mutex_unlock(&r->lock);
	}
	return result;
}

/* True where something is known of one of the blocks. */
static bool is_known(struct heal_reader *r, uint64_t block, uint32_t n)
{
	bool result = false;

	pthread_mutex_lock(&r->lock);
	for (uint32_t i = 0; i < n && !result; i++)
		result = r->marks[block + i] & (COMPUTED | LOST) ||
			 unit_healer_kept(r->healer, block + i);
	pthread_mutex_unlock(&r->lock);
	return result;
}

/* Compares blocks that were read, whose digests stand in one block of the tree. Digests are
 * computed without the lock. */
static int compare(struct heal_reader *r, uint64_t block, uint32_t n, uint8_t *buf, struct fail *f)
{
	uint8_t wanted[BLOCK_TREE_DIGESTS][SHA256_BYTES], is[BLOCK_TREE_DIGESTS][SHA256_BYTES];
	int known;

	block_tree_digest_run(r->hash, buf, n, is[0]);
	pthread_mutex_lock(&r->lock);
	known = unit_healer_digests(r->healer, block, n, wanted[0], f);
	for (uint32_t i = 0; i < n && known == 0; i++)
		if (take_unproven(r, block + i, f))
			known = -1;
	pthread_mutex_unlock(&r->lock);
	for (uint32_t i = 0; i < n && known == 1; i++) {
		uint8_t *bytes = buf + (size_t)i * BLOCK_BYTES;
		int result;

		if (!memcmp(is[i], wanted[i], sizeof is[i]))
			continue;
		pthread_mutex_lock(&r->lock);
		result = heal(r, block + i, BLOCK_DIFFERS, wanted[i], bytes, f);
		pthread_mutex_unlock(&r->lock);
		if (result)
			return -1;
	}
	return known < 0 ? -1 : 0;
}

/* Where nothing is known of any block. */
static int read_plain(
	struct heal_reader *r, uint64_t block, uint32_t n, uint8_t *buf, struct fail *f)
{
	int result = block_reader_read(r->medium, block, n, buf, f);

	if (result || !r->marks)
		return result;
	pthread_mutex_lock(&r->lock);
	for (uint32_t i = 0; i < n && result == 0; i++)
		result = take_unproven(r, block + i, f);
	pthread_mutex_unlock(&r->lock);
	return result;
}

static int read_blocks(void *ctx, uint64_t block, uint32_t n, uint8_t *buf, struct fail *f)
{
	struct heal_reader *r = ctx;

	if (!r->healer)
		return read_plain(r, block, n, buf, f);
	if (is_known(r, block, n) || block_reader_read(r->medium, block, n, buf, NULL))
		return read_singly(r, block, n, buf, f);
	while (n > 0) {
		uint32_t run = BLOCK_TREE_DIGESTS - (uint32_t)(block % BLOCK_TREE_DIGESTS);

		if (run > n)
			run = n;
		if (compare(r, block, run, buf, f))
			return -1;
		block += run;
		n -= run;
		buf += (size_t)run * BLOCK_BYTES;
	}
	return 0;
}

void heal_reader_demand_proof(struct heal_reader *r)
{
	r->demands_proof = true;
}

static int compare_one(struct heal_reader *r, uint64_t block, const uint8_t *bytes, struct fail *f)
{
	uint8_t wanted[SHA256_BYTES];
	int known = unit_healer_digests(r->healer, block, 1, wanted, f);

	if (known == 0)
		return take_unproven(r, block, f);
	if (known == 1 && !is_right(r, bytes, wanted))
		return fail_lost(block, true, f);
	return known < 0 ? -1 : 0;
}

int heal_reader_compare(
	struct heal_reader *r, uint64_t block, uint32_t n, const uint8_t *bytes, struct fail *f)
{
	int result = 0;

	for (uint32_t i = 0; r->healer && i < n && result == 0; i++) {
		pthread_mutex_lock(&r->lock);
		result = compare_one(r, block + i, bytes + (size_t)i * BLOCK_BYTES, f);
		pthread_mutex_unlock(&r->lock);
	}
	return result;
}

struct heal_reader *heal_reader_new(struct block_reader *medium, const struct heal_record *record,
	const struct block_tree_hash *hash, bool is_plain, struct fail *f)
{
	struct heal_reader *r = calloc(1, sizeof *r);

	if (!r) {
		fail_memory(f);
		return NULL;
	}
	pthread_mutex_init(&r->lock, NULL);
	r->medium = medium;
	r->hash = hash;
	r->blocks = (struct block_reader){ .read = read_blocks,
		.ctx = r,
		.n_blocks = record->layout.choice.n_data,
		.session_lba = medium->session_lba };
	if (is_plain)
		return r;
	r->marks = calloc(1, record->layout.choice.n_data);
	if (r->marks && !record->has_root)
		return r;
	if (!r->marks)
		fail_memory(f);
	else
		r->healer = unit_healer_new(medium, record, hash, f);
	if (!r->healer) {
		heal_reader_free(r);
		return NULL;
	}
	return r;
}

struct block_reader *heal_reader_blocks(struct heal_reader *r)
{
	return &r->blocks;
}

/* Two volumes have those in common. */
static bool is_zeros(const uint8_t *block)
{
	return block[0] == 0 && memcmp(block, block + 1, BLOCK_BYTES - 1) == 0;
}

int heal_reader_fits(struct heal_reader *r, bool *fits, struct fail *f)
{
	uint8_t wanted[BLOCK_TREE_DIGESTS][SHA256_BYTES], block[BLOCK_BYTES];
	uint64_t n_blocks = r->blocks.n_blocks;
	uint32_t n = n_blocks < BLOCK_TREE_DIGESTS ? (uint32_t)n_blocks : BLOCK_TREE_DIGESTS;
	uint32_t n_read = 0, n_right = 0;
	int known = r->healer ? unit_healer_digests(r->healer, 0, n, wanted[0], f) : 0;

	for (uint32_t i = 0; i < n && known == 1; i++)
		if (block_reader_read(r->medium, i, 1, block, NULL) == 0 && !is_zeros(block)) {
			n_read++;
			n_right += is_right(r, block, wanted[i]);
		}
	*fits = n_read == 0 || n_right > n_read / 8;
	return known < 0 ? -1 : 0;
}

int heal_reader_lacks_digests(struct heal_reader *r, bool *lacks, struct fail *f)
{
	uint8_t wanted[SHA256_BYTES];
	int known = r->healer || !r->marks;

	for (uint64_t i = 0; r->healer && i < N_PROBES && known == 1; i++) {
		pthread_mutex_lock(&r->lock);
		known = unit_healer_digests(
			r->healer, r->blocks.n_blocks * i / N_PROBES, 1, wanted, f);
		pthread_mutex_unlock(&r->lock);
	}
	*lacks = known == 0;
	return known < 0 ? -1 : 0;
}

struct heal_reader_counts heal_reader_counts(struct heal_reader *r)
{
	struct heal_reader_counts counts;

	pthread_mutex_lock(&r->lock);
	counts = r->counts;
	counts.n_units = r->healer ? unit_healer_count(r->healer) : 0;
	pthread_mutex_unlock(&r->lock);
	return counts;
}

void heal_reader_free(struct heal_reader *r)
{
	if (!r)
		return;
	unit_healer_free(r->healer);
	free(r->marks);
	pthread_mutex_destroy(&r->lock);
	free(r);
}
