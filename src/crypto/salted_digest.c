/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/salted_digest.h"

#include <openssl/evp.h>
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

struct salted_digest {
	EVP_MD_CTX *salted, *at_work; /* the first one has the salt, and stays */
	bool has_failed;
	/* in lanes: of each the first block, with the salt, and the last one, with the padding */
	bool has_lanes;
	uint8_t heads[SHA256_LANES][SHA256_BLOCK_BYTES], tails[SHA256_LANES][SHA256_BLOCK_BYTES];
};

static void set_lanes(struct salted_digest *d, const uint8_t salt[LANE_SALT_BYTES])
{
	d->has_lanes = true;
	for (unsigned i = 0; i < SHA256_LANES; i++) {
		memcpy(d->heads[i], salt, LANE_SALT_BYTES);
		d->tails[i][HALF_BYTES] = 0x80;
		number_put_be64(d->tails[i] + SHA256_BLOCK_BYTES - 8, BITS);
	}
}

struct salted_digest *salted_digest_new(const uint8_t *salt, size_t n_salt, struct fail *f)
{
	struct salted_digest *d = calloc(1, sizeof *d);

	if (!d) {
		fail_memory(f);
		return NULL;
	}
	if (n_salt == LANE_SALT_BYTES && sha256_lanes_are_faster())
		set_lanes(d, salt);
	d->salted = EVP_MD_CTX_new();
	d->at_work = EVP_MD_CTX_new();
	if (d->salted && d->at_work && EVP_DigestInit_ex(d->salted, EVP_sha256(), NULL) &&
		EVP_DigestUpdate(d->salted, salt, n_salt))
		return d;
	salted_digest_free(d);
	openssl_fail_set(f, "start SHA-256");
	return NULL;
}

void salted_digest_of(void *ctx, const uint8_t block[BLOCK_BYTES], uint8_t out[SHA256_BYTES])
{
	struct salted_digest *d = ctx;

	if (!EVP_MD_CTX_copy_ex(d->at_work, d->salted) ||
		!EVP_DigestUpdate(d->at_work, block, BLOCK_BYTES) ||
		!EVP_DigestFinal_ex(d->at_work, out, NULL))
		d->has_failed = true;
}

/* Of as many blocks as there are lanes. */
static void digest_lanes(struct salted_digest *d, const uint8_t *blocks, uint8_t *out)
{
	const uint8_t *in[SHA256_LANES];
	struct sha256_lanes s;

	sha256_lanes_start(&s);
	for (unsigned i = 0; i < SHA256_LANES; i++) {
		const uint8_t *block = blocks + (size_t)i * BLOCK_BYTES;

		memcpy(d->heads[i] + LANE_SALT_BYTES, block, HALF_BYTES);
		memcpy(d->tails[i], block + BLOCK_BYTES - HALF_BYTES, HALF_BYTES);
		in[i] = d->heads[i];
	}
	sha256_lanes_compress(&s, in);
	for (size_t at = HALF_BYTES; at < BLOCK_BYTES - HALF_BYTES; at += SHA256_BLOCK_BYTES) {
		for (unsigned i = 0; i < SHA256_LANES; i++)
			in[i] = blocks + (size_t)i * BLOCK_BYTES + at;
		sha256_lanes_compress(&s, in);
	}
	for (unsigned i = 0; i < SHA256_LANES; i++)
		in[i] = d->tails[i];
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
	EVP_MD_CTX_free(d->salted);
	EVP_MD_CTX_free(d->at_work);
	free(d);
}
