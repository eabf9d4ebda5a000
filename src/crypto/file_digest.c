/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/file_digest.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/openssl_fail.h"

static const struct kind {
	const char *name;
	size_t n_digits;
	const EVP_MD *(*method)(void);
} kinds[FILE_DIGEST_KINDS] = {
	[FILE_DIGEST_MD5] = { "MD5", 32, EVP_md5 },
	[FILE_DIGEST_SHA1] = { "SHA1", 40, EVP_sha1 },
	[FILE_DIGEST_SHA224] = { "SHA224", 56, EVP_sha224 },
	[FILE_DIGEST_SHA256] = { "SHA256", 64, EVP_sha256 },
	[FILE_DIGEST_SHA384] = { "SHA384", 96, EVP_sha384 },
	[FILE_DIGEST_SHA512] = { "SHA512", 128, EVP_sha512 },
};

struct file_digest {
	const struct kind *kind;
	EVP_MD_CTX *context;
	bool is_good;
};

static void start(struct file_digest *d)
{
	d->is_good = EVP_DigestInit_ex(d->context, d->kind->method(), NULL) == 1;
}

const char *file_digest_name(enum file_digest_kind kind)
{
	return kinds[kind].name;
}

size_t file_digest_length(enum file_digest_kind kind)
{
	return kinds[kind].n_digits;
}

struct file_digest *file_digest_new(enum file_digest_kind kind, struct fail *f)
{
	struct file_digest *d = calloc(1, sizeof *d);

	if (!d) {
		fail_memory(f);
		return NULL;
	}
	d->kind = &kinds[kind];
	d->context = EVP_MD_CTX_new();
	if (d->context)
		start(d);
	if (d->is_good)
		return d;
	openssl_fail_set(f, "compute digests");
	file_digest_free(d);
	return NULL;
}

void file_digest_update(struct file_digest *d, const void *bytes, size_t n_bytes)
{
	if (d->is_good)
		d->is_good = EVP_DigestUpdate(d->context, bytes, n_bytes) == 1;
}

int file_digest_end(struct file_digest *d, char *out, struct fail *f)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (!d->is_good || EVP_DigestFinal_ex(d->context, digest, NULL) != 1)
		return openssl_fail_set(f, "compute a digest");
	for (size_t i = 0; i < d->kind->n_digits / 2; i++)
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
