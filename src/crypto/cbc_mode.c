/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/cbc_mode.h"

#include <stdlib.h>

#include <openssl/evp.h>

#include "crypto/cbc_batch.h"
#include "crypto/cipher_context.h"
#include "crypto/sector_mode.h"

struct cbc {
	EVP_CIPHER_CTX *encrypt; /* ECB */
	EVP_CIPHER_CTX *decrypt; /* CBC */
	struct iv *iv;
	unsigned sector_bytes;
};

static void free_cbc(void *ctx)
{
	struct cbc *c = ctx;

	if (!c)
		return;
	EVP_CIPHER_CTX_free(c->encrypt);
	EVP_CIPHER_CTX_free(c->decrypt);
	iv_free(c->iv);
	free(c);
}

static struct cbc *new_cbc(unsigned sector_bytes, struct fail *f)
{
	struct cbc *c = calloc(1, sizeof *c);

	if (!c) {
		fail_memory(f);
		return NULL;
	}
	c->sector_bytes = sector_bytes;
	return c;
}

static void *clone_cbc(const void *ctx, struct fail *f)
{
	const struct cbc *from = ctx;
	struct cbc *c = new_cbc(from->sector_bytes, f);

	if (c && (c->encrypt = cipher_context_clone(from->encrypt, f)) &&
		(c->decrypt = cipher_context_clone(from->decrypt, f)) &&
		(c->iv = iv_clone(from->iv, f)))
		return c;
	free_cbc(c);
	return NULL;
}

/* Both directions: the IVs of as many sectors as one batch takes, then the batch. */
static int work(
	void *ctx, uint64_t offset, uint8_t *buf, size_t n_bytes, bool encrypt, struct fail *f)
{
	struct cbc *c = ctx;
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
	return work(ctx, offset, buf, n_bytes, true, f);
}

static int decrypt_cbc(void *ctx, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f)
{
	return work(ctx, offset, buf, n_bytes, false, f);
}

static const struct sector_mode mode = {
	.encrypt = encrypt_cbc,
	.decrypt = decrypt_cbc,
	.clone = clone_cbc,
	.free = free_cbc,
};

struct sector_cipher *cbc_mode_new(const char *block_cipher, enum iv_kind iv_kind,
	const struct sector_cipher_spec *spec, const struct secret *key, struct fail *f)
{
	struct cbc *c = new_cbc(spec->sector_bytes, f);

	if (c && (c->encrypt = cipher_context_new(block_cipher, "ECB", true, key, f)) &&
		(c->decrypt = cipher_context_new(block_cipher, "CBC", false, key, f)) &&
		(c->iv = iv_new(iv_kind, block_cipher, spec, key, f)))
		return sector_cipher_of_mode(&mode, c, spec->sector_bytes, f);
	free_cbc(c);
	return NULL;
}
