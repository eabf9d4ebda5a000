/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/cipher_context.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto/openssl_fail.h"

static int start(EVP_CIPHER_CTX *ctx, const char *name, bool pads, bool encrypt,
	const struct secret *key, struct fail *f)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	char what[64];
	int result = -1;

	snprintf(what, sizeof what, "set up %s", name);
	if (!cipher || (size_t)EVP_CIPHER_get_key_length(cipher) != secret_size(key))
		openssl_fail_set(f, what);
	else if (EVP_CipherInit_ex2(ctx, cipher, secret_view(key), NULL, encrypt, NULL) != 1 ||
		 (pads && EVP_CIPHER_CTX_set_padding(ctx, 0) != 1))
		openssl_fail_set(f, what);
	else
		result = 0;
	EVP_CIPHER_free(cipher); /* the context holds it */
	return result;
}

EVP_CIPHER_CTX *cipher_context_new(const char *block_cipher, const char *mode, bool encrypt,
	const struct secret *key, struct fail *f)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	bool is_xts = strcmp(mode, "XTS") == 0;
	size_t key_bits = secret_size(key) * 8;
	char name[32];

	if (!ctx) {
		openssl_fail_set(f, "make a cipher context");
		return NULL;
	}
	/* AES-128-XTS has two keys of 128 bits */
	snprintf(name, sizeof name, "%s-%zu-%s", block_cipher, is_xts ? key_bits / 2 : key_bits,
		mode);
	/* XTS never pads; told not to, OpenSSL would set that anew with each sector's IV */
	if (start(ctx, name, !is_xts, encrypt, key, f)) {
		EVP_CIPHER_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

EVP_CIPHER_CTX *cipher_context_clone(const EVP_CIPHER_CTX *ctx, struct fail *f)
{
	EVP_CIPHER_CTX *copy = EVP_CIPHER_CTX_new();

	if (copy && EVP_CIPHER_CTX_copy(copy, ctx) == 1)
		return copy;
	openssl_fail_set(f, "copy a cipher context");
	EVP_CIPHER_CTX_free(copy);
	return NULL;
}
