/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/digest.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "crypto/openssl_fail.h"
#include "util/secret.h"

struct digest {
	EVP_MD_CTX *ctx;
	bool has_failed;
};

struct digest *digest_new(struct fail *f)
{
	struct digest *d = calloc(1, sizeof *d);

	if (!d) {
		errno = ENOMEM;
		fail_errno(f, FAIL_FAILED, "", "can't make a digest");
		return NULL;
	}
	d->ctx = EVP_MD_CTX_new();
	if (!d->ctx || EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL) != 1) {
		openssl_fail_set(f, "start SHA-256");
		digest_free(d);
		return NULL;
	}
	return d;
}

void digest_update(struct digest *d, const void *bytes, size_t n_bytes)
{
	if (EVP_DigestUpdate(d->ctx, bytes, n_bytes) != 1)
		d->has_failed = true;
}

void digest_final(struct digest *d, uint8_t out[DIGEST_BYTES])
{
	if (EVP_DigestFinal_ex(d->ctx, out, NULL) != 1)
		d->has_failed = true;
	/* SHA-256 in memory has no way to fail; should OpenSSL find one, this equals no digest */
	if (d->has_failed)
		secret_random(out, DIGEST_BYTES);
}

void digest_free(struct digest *d)
{
	if (!d)
		return;
	EVP_MD_CTX_free(d->ctx);
	free(d);
}
