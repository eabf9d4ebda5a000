/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/iv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto/cipher_context.h"
#include "crypto/openssl_fail.h"
#include "util/number.h"
#include "util/sector.h"

struct iv {
	enum iv_kind kind;
	EVP_CIPHER_CTX *essiv; /* of IV_ESSIV only */
	uint64_t offset;       /* in units of SECTOR_BYTES */
	unsigned sector_units; /* of SECTOR_BYTES in an encryption sector */
	unsigned divisor;
};

static EVP_CIPHER_CTX *new_essiv(const char *block_cipher, const struct secret *key, struct fail *f)
{
	struct secret *salt = secret_new(32, f);
	EVP_CIPHER_CTX *ctx = NULL;

	if (!salt)
		return NULL;
	if (EVP_Digest(secret_view(key), secret_size(key), secret_bytes(salt), NULL, EVP_sha256(),
		    NULL) != 1)
		openssl_fail_set(f, "compute SHA-256");
	else
		ctx = cipher_context_new(block_cipher, "ECB", true, salt, f);
	secret_free(salt);
	return ctx;
}

struct iv *iv_new(enum iv_kind kind, const char *block_cipher,
	const struct sector_cipher_spec *spec, const struct secret *key, struct fail *f)
{
	struct iv *iv = calloc(1, sizeof *iv);

	if (!iv) {
		fail_memory(f);
		return NULL;
	}
	iv->kind = kind;
	iv->offset = spec->iv_offset;
	iv->sector_units = spec->sector_bytes / SECTOR_BYTES;
	iv->divisor = spec->large_ivs ? iv->sector_units : 1;
	if (kind != IV_ESSIV)
		return iv;
	iv->essiv = new_essiv(block_cipher, key, f);
	if (!iv->essiv) {
		iv_free(iv);
		return NULL;
	}
	return iv;
}

struct iv *iv_clone(const struct iv *iv, struct fail *f)
{
	struct iv *copy = malloc(sizeof *copy);

	if (!copy) {
		fail_memory(f);
		return NULL;
	}
	*copy = *iv;
	if (!iv->essiv)
		return copy;
	copy->essiv = cipher_context_clone(iv->essiv, f);
	if (!copy->essiv) {
		free(copy);
		return NULL;
	}
	return copy;
}

static void put_number(uint8_t out[IV_BYTES], uint64_t number, enum iv_kind kind)
{
	memset(out, 0, IV_BYTES);
	number_put_le64(out, kind == IV_PLAIN ? (uint32_t)number : number);
}

int iv_fill(struct iv *iv, uint64_t offset, size_t n_sectors, uint8_t *out, struct fail *f)
{
	/* the kernel adds first and divides then */
	uint64_t unit = offset / SECTOR_BYTES + iv->offset;
	int n_out;

	for (size_t i = 0; i < n_sectors; i++, unit += iv->sector_units)
		put_number(out + i * IV_BYTES, unit / iv->divisor, iv->kind);
	if (iv->kind == IV_ESSIV &&
		EVP_EncryptUpdate(iv->essiv, out, &n_out, out, (int)(n_sectors * IV_BYTES)) != 1)
		return openssl_fail_set(f, "encrypt an IV");
	return 0;
}

void iv_free(struct iv *iv)
{
	if (!iv)
		return;
	EVP_CIPHER_CTX_free(iv->essiv);
	free(iv);
}
