/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/salted_digest.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/openssl_fail.h"
#include "crypto/sha256_lanes.h"
#include "util/number.h"

enum {
	LANE_SALT_BYTES = 32, /* a block of the disc begins in the middle of one of SHA-256 */
	HALF_BYTES = SHA256_BLOCK_BYTES - LANE_SALT_BYTES,
	BITS = 8 * (LANE_SALT_BYTES + BLOCK_BYTES),
};

/* Contexts that are kept: one for each thread that is at work at a time. */
enum { IDLE_MAX = 8 };

struct salted_digest {
	EVP_MD_CTX *salted; /* has the salt, and stays */
	pthread_mutex_t lock;
	EVP_MD_CTX *idle[IDLE_MAX];
	unsigned n_idle;
	atomic_bool has_failed;
	/* in lanes: the first half of each one's first block, and the second half of the last */
	bool has_lanes;
	uint8_t head[LANE_SALT_BYTES], tail[HALF_BYTES];
};

static void set_lanes(struct salted_digest *d, const uint8_t salt[LANE_SALT_BYTES])
{
	d->has_lanes = true;
	memcpy(d->head, salt, LANE_SALT_BYTES);
	d->tail[0] = 0x80;
	number_put_be64(d->tail + HALF_BYTES - 8, BITS);
}

struct salted_digest *salted_digest_new(const uint8_t *salt, size_t n_salt, struct fail *f)
{
	struct salted_digest *d = calloc(1, sizeof *d);

	if (!d) {
		fail_memory(f);
		return NULL;
	}
	pthread_mutex_init(&d->lock, NULL);
	if (n_salt == LANE_SALT_BYTES && sha256_lanes_are_faster())
		set_lanes(d, salt);
	d->salted = EVP_MD_CTX_new();
	if (d->salted && EVP_DigestInit_ex(d->salted, EVP_sha256(), NULL) &&
		EVP_DigestUpdate(d->salted, salt, n_salt))
		return d;
	salted_digest_free(d);
	openssl_fail_set(f, "start SHA-256");
	return NULL;
}

static EVP_MD_CTX *take_context(struct salted_digest *d)
{
	EVP_MD_CTX *context = NULL;

	pthread_mutex_lock(&d->lock);
	if (d->n_idle > 0)
		context = d->idle[--d->n_idle];
	pthread_mutex_unlock(&d->lock);
	return context ? context : EVP_MD_CTX_new();
}

static void give_context(struct salted_digest *d, EVP_MD_CTX *context)
{
	pthread_mutex_lock(&d->lock);
	if (d->n_idle < IDLE_MAX) {
		d->idle[d->n_idle++] = context;
		context = NULL;
	}
	pthread_mutex_unlock(&d->lock);
	EVP_MD_CTX_free(context);
}

void salted_digest_of(void *ctx, const uint8_t block[BLOCK_BYTES], uint8_t out[SHA256_BYTES])
{
	struct salted_digest *d = ctx;
	EVP_MD_CTX *at_work = take_context(d);

	if (!at_work || !EVP_MD_CTX_copy_ex(at_work, d->salted) ||
		!EVP_DigestUpdate(at_work, block, BLOCK_BYTES) ||
		!EVP_DigestFinal_ex(at_work, out, NULL)) {
		memset(out, 0, SHA256_BYTES);
		atomic_store(&d->has_failed, true);
	}
	if (at_work)
		give_context(d, at_work);
}

/* Of as many blocks as there are lanes. */
static void digest_lanes(const struct salted_digest *d, const uint8_t *blocks, uint8_t *out)
{
	uint8_t heads[SHA256_LANES][SHA256_BLOCK_BYTES], tails[SHA256_LANES][SHA256_BLOCK_BYTES];
	const uint8_t *in[SHA256_LANES];
	struct sha256_lanes s;

	sha256_lanes_start(&s);
	for (unsigned i = 0; i < SHA256_LANES; i++) {
		const uint8_t *block = blocks + (size_t)i * BLOCK_BYTES;

		memcpy(heads[i], d->head, LANE_SALT_BYTES);
		memcpy(heads[i] + LANE_SALT_BYTES, block, HALF_BYTES);
		memcpy(tails[i], block + BLOCK_BYTES - HALF_BYTES, HALF_BYTES);
		memcpy(tails[i] + HALF_BYTES, d->tail, HALF_BYTES);
		in[i] = heads[i];
	}
	sha256_lanes_compress(&s, in);
	for (size_t at = HALF_BYTES; at < BLOCK_BYTES - HALF_BYTES; at += SHA256_BLOCK_BYTES) {
		for (unsigned i = 0; i < SHA256_LANES; i++)
			in[i] = blocks + (size_t)i * BLOCK_BYTES + at;
		sha256_lanes_compress(&s, in);
	}
	for (unsigned i = 0; i < SHA256_LANES; i++)
		in[i] = tails[i];
	sha256_lanes_compress(&s, in);
	sha256_lanes_end(&s, (uint8_t(*)[SHA256_BYTES])out);
}

void salted_digest_of_run(void *ctx, const uint8_t *blocks, size_t n, uint8_t *out)
{
	struct salted_digest *d = ctx;

	for (; d->has_lanes && n >= SHA256_LANES; n -= SHA256_LANES) {
		digest_lanes(d, blocks, out);
		blocks += (size_t)SHA256_LANES * BLOCK_BYTES;
		out += (size_t)SHA256_LANES * SHA256_BYTES;
	}
	for (; n > 0; n--, blocks += BLOCK_BYTES, out += SHA256_BYTES)
		salted_digest_of(d, blocks, out);
}

int salted_digest_check(const struct salted_digest *d, struct fail *f)
{
	return d->has_failed ? openssl_fail_set(f, "compute SHA-256") : 0;
}

void salted_digest_free(struct salted_digest *d)
{
	if (!d)
		return;
	while (d->n_idle > 0)
		EVP_MD_CTX_free(d->idle[--d->n_idle]);
	EVP_MD_CTX_free(d->salted);
	pthread_mutex_destroy(&d->lock);
	free(d);
}
