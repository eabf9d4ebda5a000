/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/file_digest.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/openssl_fail.h"

struct file_digest {
	EVP_MD_CTX *context;
	bool is_good;
};

static void start(struct file_digest *d)
{
	d->is_good = EVP_DigestInit_ex(d->context, EVP_sha256(), NULL) == 1;
}

struct file_digest *file_digest_new(struct fail *f)
{
	struct file_digest *d = calloc(1, sizeof *d);

	if (!d) {
		fail_memory(f);
		return NULL;
	}
	d->context = EVP_MD_CTX_new();
	if (d->context)
		start(d);
	if (d->is_good)
		return d;
	openssl_fail_set(f, "compute SHA-256 digests");
	file_digest_free(d);
	return NULL;
}

void file_digest_update(struct file_digest *d, const void *bytes, size_t n_bytes)
{
	if (d->is_good)
		d->is_good = EVP_DigestUpdate(d->context, bytes, n_bytes) == 1;
}

int file_digest_end(struct file_digest *d, char out[FILE_DIGEST_TEXT + 1], struct fail *f)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (!d->is_good || EVP_DigestFinal_ex(d->context, digest, NULL) != 1)
		return openssl_fail_set(f, "compute a SHA-256 digest");
	for (int i = 0; i < FILE_DIGEST_TEXT / 2; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
	start(d);
	return 0;
}

void file_digest_free(struct file_digest *d)
{
	if (!d)
		return;
	EVP_MD_CTX_free(d->context);
	free(d);
}
