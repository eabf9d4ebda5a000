/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/key_hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto/digest.h"
#include "crypto/openssl_fail.h"

static const struct hash_row {
	const char *name;
	const char *openssl_name;
} rows[] = {
	{ "sha256", "SHA2-256" },
	{ "sha512", "SHA2-512" },
	{ "sha1", "SHA1" },
	{ "ripemd160", "RIPEMD-160" },
};

/* The row of hash, whose length, where it has one, is written to *n_filled. */
static const struct hash_row *parse(
	const char *hash, size_t key_bytes, size_t *n_filled, struct fail *f)
{
	size_t n_name = strcspn(hash, ":");
	const struct hash_row *row = NULL;
	unsigned long n = key_bytes;
	char end;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strlen(rows[i].name) == n_name && strncmp(rows[i].name, hash, n_name) == 0)
			row = &rows[i];
	}
	if (!row) {
		fail_set(f, FAIL_USAGE, "-hash", "unknown hash %s", hash);
		fail_hint(f, "choose sha256, sha512, sha1 or ripemd160, each also with a length in "
			     "bytes as in sha512:32, or plain");
		return NULL;
	}
	if (hash[n_name] && (strspn(hash + n_name + 1, "0123456789") != strlen(hash + n_name + 1) ||
				    sscanf(hash + n_name, ":%3lu%c", &n, &end) != 1 || n == 0 ||
				    n > key_bytes)) {
		fail_set(f, FAIL_USAGE, "-hash",
			"the length in %s must be from 1 to %zu, the bytes of the key", hash,
			key_bytes);
		return NULL;
	}
	*n_filled = n;
	return row;
}

size_t key_hash_filled(const char *hash, size_t key_bytes, struct fail *f)
{
	size_t n;

	return parse(hash, key_bytes, &n, f) ? n : 0;
}

/* out = H("A" repeated round times || passphrase) */
static int hash_block(EVP_MD_CTX *ctx, const EVP_MD *md, size_t round,
	const struct secret *passphrase, uint8_t *out)
{
	if (EVP_DigestInit_ex2(ctx, md, NULL) != 1)
		return -1;
	for (size_t i = 0; i < round; i++) {
		if (EVP_DigestUpdate(ctx, "A", 1) != 1)
			return -1;
	}
	if (EVP_DigestUpdate(ctx, secret_view(passphrase), secret_size(passphrase)) != 1 ||
		EVP_DigestFinal_ex(ctx, out, NULL) != 1)
		return -1;
	return 0;
}

static int fill(struct secret *key, size_t n_bytes, const EVP_MD *md,
	const struct secret *passphrase, struct fail *f)
{
	size_t n_block = (size_t)EVP_MD_get_size(md);
	struct secret *block = secret_new(n_block, f);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int result = -1;

	if (!block)
		goto out;
	for (size_t round = 0; round * n_block < n_bytes; round++) {
		size_t left = n_bytes - round * n_block;

		if (!ctx || hash_block(ctx, md, round, passphrase, secret_bytes(block))) {
			openssl_fail_set(f, "hash the passphrase");
			goto out;
		}
		memcpy(secret_bytes(key) + round * n_block, secret_view(block),
			left < n_block ? left : n_block);
	}
	result = 0;
out:
	EVP_MD_CTX_free(ctx);
	secret_free(block);
	return result;
}

struct secret *key_hash_derive(
	const char *hash, const struct secret *passphrase, size_t key_bytes, struct fail *f)
{
	size_t n_filled;
	const struct hash_row *row = parse(hash, key_bytes, &n_filled, f);
	struct secret *key = NULL;
	struct digest d;

	if (!row || digest_open(&d, row->openssl_name, f))
		return NULL;
	key = secret_new(key_bytes, f);
	if (key && fill(key, n_filled, d.md, passphrase, f)) {
		secret_free(key);
		key = NULL;
	}
	digest_close(&d);
	return key;
}
