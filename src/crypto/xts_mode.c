/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/xts_mode.h"

#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "crypto/cipher_context.h"
#include "crypto/openssl_fail.h"
#include "crypto/sector_mode.h"

enum { BATCH_SECTORS = 64 };

struct xts {
	EVP_CIPHER_CTX *encrypt;
	EVP_CIPHER_CTX *decrypt;
	struct iv *iv;
	unsigned sector_bytes;
};

static void free_xts(void *ctx)
{
	struct xts *x = ctx;

	if (!x)
		return;
	EVP_CIPHER_CTX_free(x->encrypt);
	EVP_CIPHER_CTX_free(x->decrypt);
	iv_free(x->iv);
	free(x);
}

static struct xts *new_xts(unsigned sector_bytes, struct fail *f)
{
	struct xts *x = calloc(1, sizeof *x);

	if (!x) {
		fail_memory(f);
		return NULL;
	}
	x->sector_bytes = sector_bytes;
	return x;
}

static void *clone_xts(const void *ctx, struct fail *f)
{
	const struct xts *from = ctx;
	struct xts *x = new_xts(from->sector_bytes, f);

	if (x && (x->encrypt = cipher_context_clone(from->encrypt, f)) &&
		(x->decrypt = cipher_context_clone(from->decrypt, f)) &&
		(x->iv = iv_clone(from->iv, f)))
		return x;
	free_xts(x);
	return NULL;
}

/* direction is one of x's contexts; the key stays, only the tweak changes. */
static int work(struct xts *x, EVP_CIPHER_CTX *direction, uint64_t offset, uint8_t *buf,
	size_t n_bytes, struct fail *f)
{
	uint8_t ivs[BATCH_SECTORS * IV_BYTES];
	size_t n_sectors = n_bytes / x->sector_bytes;

	for (size_t i = 0; i < n_sectors; i++, buf += x->sector_bytes) {
		size_t left = n_sectors - i, slot = i % BATCH_SECTORS;
		int n_out;

		if (slot == 0 && iv_fill(x->iv, offset + i * x->sector_bytes,
					 left < BATCH_SECTORS ? left : BATCH_SECTORS, ivs, f))
			return -1;
		/* -1: the direction stays */
		if (EVP_CipherInit_ex2(direction, NULL, NULL, ivs + slot * IV_BYTES, -1, NULL) !=
				1 ||
			EVP_CipherUpdate(direction, buf, &n_out, buf, (int)x->sector_bytes) != 1)
			return openssl_fail_set(f, "work on a sector with AES-XTS");
	}
	return 0;
}

static int encrypt_xts(void *ctx, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f)
{
	struct xts *x = ctx;

	return work(x, x->encrypt, offset, buf, n_bytes, f);
}

static int decrypt_xts(void *ctx, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f)
{
	struct xts *x = ctx;

	return work(x, x->decrypt, offset, buf, n_bytes, f);
}

static const struct sector_mode mode = {
	.encrypt = encrypt_xts,
	.decrypt = decrypt_xts,
	.clone = clone_xts,
	.free = free_xts,
};

struct sector_cipher *xts_mode_new(enum iv_kind iv_kind, const struct sector_cipher_spec *spec,
	const struct secret *key, struct fail *f)
{
	size_t half = secret_size(key) / 2;
	struct xts *x = NULL;

	if (CRYPTO_memcmp(secret_view(key), secret_view(key) + half, half) == 0) {
		fail_set(f, FAIL_USAGE, spec->name,
			"the key's two halves are equal, which would give XTS away");
		fail_hint(f, "take a key of %zu random bytes", 2 * half);
		return NULL;
	}
	x = new_xts(spec->sector_bytes, f);
	if (x && (x->encrypt = cipher_context_new("AES", "XTS", true, key, f)) &&
		(x->decrypt = cipher_context_new("AES", "XTS", false, key, f)) &&
		(x->iv = iv_new(iv_kind, "AES", spec, key, f)))
		return sector_cipher_of_mode(&mode, x, spec->sector_bytes, f);
	free_xts(x);
	return NULL;
}
