/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/iv_mode.h"

#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "crypto/cbc_batch.h"
#include "crypto/cipher_context.h"
#include "crypto/openssl_fail.h"

enum { XTS_BATCH_SECTORS = 64 };

struct context {
	EVP_CIPHER_CTX *encrypt; /* ECB for CBC */
	EVP_CIPHER_CTX *decrypt;
	struct iv *iv;
	unsigned sector_bytes;
};

static void free_context(void *ctx)
{
	struct context *c = ctx;

	if (!c)
		return;
	EVP_CIPHER_CTX_free(c->encrypt);
	EVP_CIPHER_CTX_free(c->decrypt);
	iv_free(c->iv);
	free(c);
}

static struct context *new_context(unsigned sector_bytes, struct fail *f)
{
	struct context *c = calloc(1, sizeof *c);

	if (c)
		c->sector_bytes = sector_bytes;
	else
		fail_memory(f);
	return c;
}

static void *clone_context(const void *ctx, struct fail *f)
{
	const struct context *from = ctx;
	struct context *c = new_context(from->sector_bytes, f);

	if (c && (c->encrypt = cipher_context_clone(from->encrypt, f)) &&
		(c->decrypt = cipher_context_clone(from->decrypt, f)) &&
		(c->iv = iv_clone(from->iv, f)))
		return c;
	free_context(c);
	return NULL;
}

/* Both directions: the IVs of as many sectors as one batch takes, then the batch. */
static int work_cbc(
	void *ctx, uint64_t offset, uint8_t *buf, size_t n_bytes, bool encrypt, struct fail *f)
{
	struct context *c = ctx;
	uint8_t ivs[CBC_BATCH_SECTORS * IV_BYTES];

	while (n_bytes > 0) {
		size_t n = n_bytes / c->sector_bytes;
		int failed;

		if (n > CBC_BATCH_SECTORS)
			n = CBC_BATCH_SECTORS;
		if (iv_fill(c->iv, offset, n, ivs, f))
			return -1;
		failed = encrypt ? cbc_batch_encrypt(c->encrypt, ivs, buf, n, c->sector_bytes, f)
				 : cbc_batch_decrypt(c->decrypt, ivs, buf, n, c->sector_bytes, f);
		if (failed)
			return -1;
		offset += n * c->sector_bytes;
		buf += n * c->sector_bytes;
		n_bytes -= n * c->sector_bytes;
	}
	return 0;
}

static int encrypt_cbc(void *ctx, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f)
{
	return work_cbc(ctx, offset, buf, n_bytes, true, f);
}

static int decrypt_cbc(void *ctx, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f)
{
	return work_cbc(ctx, offset, buf, n_bytes, false, f);
}

const struct sector_mode iv_mode_cbc = {
	.encrypt = encrypt_cbc,
	.decrypt = decrypt_cbc,
	.clone = clone_context,
	.free = free_context,
};

/* direction is one of x's contexts; the key stays, only the tweak changes. */
static int work_xts(struct context *x, EVP_CIPHER_CTX *direction, uint64_t offset, uint8_t *buf,
	size_t n_bytes, struct fail *f)
{
	uint8_t ivs[XTS_BATCH_SECTORS * IV_BYTES];
	size_t n_sectors = n_bytes / x->sector_bytes;

	for (size_t i = 0; i < n_sectors; i++, buf += x->sector_bytes) {
		size_t left = n_sectors - i, slot = i % XTS_BATCH_SECTORS;
		int n_out;

		if (slot == 0 &&
			iv_fill(x->iv, offset + i * x->sector_bytes,
				left < XTS_BATCH_SECTORS ? left : XTS_BATCH_SECTORS, ivs, f))
			return -1;
		/* -1: the direction stays */
		if (EVP_CipherInit_ex2(direction, NULL, NULL, ivs + slot * IV_BYTES, -1, NULL) !=
				1 ||
			EVP_CipherUpdate(direction, buf, &n_out, buf, (int)x->sector_bytes) != 1)
			return openssl_fail_set(f, "process a sector with AES-XTS");
	}
	return 0;
}

static int encrypt_xts(void *ctx, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f)
{
	struct context *x = ctx;

	return work_xts(x, x->encrypt, offset, buf, n_bytes, f);
}

static int decrypt_xts(void *ctx, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f)
{
	struct context *x = ctx;

	return work_xts(x, x->decrypt, offset, buf, n_bytes, f);
}

const struct sector_mode iv_mode_xts = {
	.encrypt = encrypt_xts,
	.decrypt = decrypt_xts,
	.clone = clone_context,
	.free = free_context,
};

static int check_halves(
	const struct sector_cipher_spec *spec, const struct secret *key, struct fail *f)
{
	size_t half = secret_size(key) / 2;

	if (CRYPTO_memcmp(secret_view(key), secret_view(key) + half, half) != 0)
		return 0;
	fail_set(f, FAIL_USAGE, spec->name,
		"the two halves of the key are equal, which makes XTS insecure");
	fail_hint(f, "use a key of %zu random bytes", 2 * half);
	return -1;
}

void *iv_mode_new(const char *block_cipher, bool is_xts, enum iv_kind iv_kind,
	const struct sector_cipher_spec *spec, const struct secret *key, struct fail *f)
{
	const char *encrypts = is_xts ? "XTS" : "ECB", *decrypts = is_xts ? "XTS" : "CBC";
	struct context *c;

	if (is_xts && check_halves(spec, key, f))
		return NULL;
	c = new_context(spec->sector_bytes, f);
	if (c && (c->encrypt = cipher_context_new(block_cipher, encrypts, true, key, f)) &&
		(c->decrypt = cipher_context_new(block_cipher, decrypts, false, key, f)) &&
		(c->iv = iv_new(iv_kind, block_cipher, spec, key, f)))
		return c;
	free_context(c);
	return NULL;
}
