/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/salted_digest.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>

#include "crypto/openssl_fail.h"

struct salted_digest {
	EVP_MD_CTX *salted, *at_work; /* the first one has the salt, and stays */
	bool has_failed;
};

struct salted_digest *salted_digest_new(const uint8_t *salt, size_t n_salt, struct fail *f)
{
	struct salted_digest *d = calloc(1, sizeof *d);

	if (!d) {
		fail_memory(f);
		return NULL;
	}
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
