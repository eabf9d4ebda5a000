/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/veracrypt_key.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "crypto/crc32.h"
#include "crypto/digest.h"
#include "crypto/openssl_fail.h"

/* The large one is for passphrases that the other is too small for (VeraCrypt 1.25). */
enum { POOL_BYTES = 64, LARGE_POOL_BYTES = 128, KEY_FILE_USED = 1024 * 1024, KEY_BYTES = 64 };

uint32_t veracrypt_key_iterations(const struct veracrypt_hash *hash, uint32_t pim)
{
	if (hash->rounds)
		return hash->rounds;
	return pim ? 15000 + 1000 * pim : 500000;
}

/* After each byte of the file the CRC's four bytes are added to the next four of the pool. */
static void mix(struct secret *pool, const struct secret *file)
{
	size_t n = secret_size(file), at = 0;
	uint32_t reg = CRC32_START;

	for (size_t i = 0; i < n && i < KEY_FILE_USED; i++) {
		reg = crc32_update(reg, secret_view(file) + i, 1);
		for (int shift = 24; shift >= 0; shift -= 8, at++)
			secret_bytes(pool)[at % secret_size(pool)] += (uint8_t)(reg >> shift);
	}
}

struct secret *veracrypt_key_password(
	const struct veracrypt_kind *kind, const struct credential *c, struct fail *f)
{
	bool is_key = c->kind == CREDENTIAL_KEY;
	size_t n_text = is_key ? 0 : secret_size(c->secret);
	struct secret *pool;

	if (n_text > kind->passphrase_max) {
		fail_set(f, FAIL_USAGE, c->path,
			"the passphrase has %zu bytes; %s takes at most %zu", n_text, kind->name,
			kind->passphrase_max);
		return NULL;
	}
	if (!is_key && c->n_key_files == 0)
		return secret_copy(secret_view(c->secret), n_text, f);
	pool = secret_new(n_text > POOL_BYTES ? LARGE_POOL_BYTES : POOL_BYTES, f);
	if (!pool)
		return NULL;
	if (n_text)
		memcpy(secret_bytes(pool), secret_view(c->secret), n_text);
	if (is_key)
		mix(pool, c->secret);
	for (size_t i = 0; i < c->n_key_files; i++)
		mix(pool, c->key_files[i].secret);
	return pool;
}

/* PKCS5_PBKDF2_HMAC knows the default library's digests only. */
static int derive(struct secret *key, const struct secret *password, const uint8_t *salt,
	const struct digest *digest, uint32_t rounds)
{
	EVP_KDF *kdf = EVP_KDF_fetch(digest->library, "PBKDF2", NULL);
	EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	const char *name = EVP_MD_get0_name(digest->md);
	uint64_t n = rounds;
	int any_salt = 1; /* no checks of SP 800-132, which passphrases here need not pass */
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)(uintptr_t)name, 0),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_PASSWORD,
			(void *)(uintptr_t)secret_view(password), secret_size(password)),
		OSSL_PARAM_octet_string(
			OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt, VERACRYPT_KEY_SALT_BYTES),
		OSSL_PARAM_uint64(OSSL_KDF_PARAM_ITER, &n),
		OSSL_PARAM_int(OSSL_KDF_PARAM_PKCS5, &any_salt),
		OSSL_PARAM_END,
	};
	int result = ctx && EVP_KDF_derive(ctx, secret_bytes(key), KEY_BYTES, params) == 1 ? 0 : -1;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return result;
}

struct secret *veracrypt_key_derive(const struct secret *password,
	const uint8_t salt[VERACRYPT_KEY_SALT_BYTES], const struct veracrypt_hash *hash,
	uint32_t pim, struct fail *f)
{
	struct secret *key = secret_new(KEY_BYTES, f);
	struct digest digest;
	int result;

	if (!key)
		return NULL;
	/* a volume that may need it is not known to be one */
	if (digest_open(&digest, hash->openssl_name, NULL)) {
		fail_set(f, FAIL_MISMATCH, "", "OpenSSL has no %s here", hash->name);
		secret_free(key);
		return NULL;
	}
	result = derive(key, password, salt, &digest, veracrypt_key_iterations(hash, pim));
	if (result)
		openssl_fail_set(f, "derive a key with PBKDF2");
	digest_close(&digest);
	if (result == 0)
		return key;
	secret_free(key);
	return NULL;
}
