/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/veracrypt_key.h"

#include <openssl/evp.h>

#include "crypto/crc32.h"
#include "crypto/openssl_fail.h"

enum { POOL_BYTES = 64, KEY_FILE_USED = 1024 * 1024, KEY_BYTES = 64 };

uint32_t veracrypt_key_iterations(uint32_t pim)
{
	return pim ? 15000 + 1000 * pim : 500000;
}

/* After each byte of the file the CRC's four bytes are added to the next four of the pool. */
static struct secret *pool_of(const struct secret *file, struct fail *f)
{
	struct secret *pool = secret_new(POOL_BYTES, f);
	size_t n = secret_size(file), at = 0;
	uint32_t reg = CRC32_START;

	if (!pool)
		return NULL;
	for (size_t i = 0; i < n && i < KEY_FILE_USED; i++) {
		reg = crc32_update(reg, secret_view(file) + i, 1);
		for (int shift = 24; shift >= 0; shift -= 8, at++)
			secret_bytes(pool)[at % POOL_BYTES] += (uint8_t)(reg >> shift);
	}
	return pool;
}

struct secret *veracrypt_key_password(const struct credential *credential, struct fail *f)
{
	const struct secret *s = credential->secret;

	if (credential->kind == CREDENTIAL_KEY)
		return pool_of(s, f);
	if (secret_size(s) <= VERACRYPT_KEY_PASSPHRASE_MAX)
		return secret_copy(secret_view(s), secret_size(s), f);
	fail_set(f, FAIL_USAGE, credential->path,
		"the passphrase has %zu bytes; VeraCrypt takes at most %d", secret_size(s),
		VERACRYPT_KEY_PASSPHRASE_MAX);
	return NULL;
}

struct secret *veracrypt_key_derive(const struct secret *password,
	const uint8_t salt[VERACRYPT_KEY_SALT_BYTES], uint32_t pim, struct fail *f)
{
	struct secret *key = secret_new(KEY_BYTES, f);

	if (!key)
		return NULL;
	if (PKCS5_PBKDF2_HMAC((const char *)secret_view(password), (int)secret_size(password), salt,
		    VERACRYPT_KEY_SALT_BYTES, (int)veracrypt_key_iterations(pim), EVP_sha512(),
		    KEY_BYTES, secret_bytes(key)) == 1)
		return key;
	openssl_fail_set(f, "derive a key with PBKDF2");
	secret_free(key);
	return NULL;
}
