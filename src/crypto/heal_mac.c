/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/heal_mac.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "crypto/openssl_fail.h"

enum { MAC_KEY_BYTES = 32 };

/* Keeps keys of other uses apart. */
static const char info[] = "xburncrypt heal mac 1";

static OSSL_PARAM bytes_param(const char *name, const void *bytes, size_t n_bytes)
{
	/* OpenSSL reads what it is given here */
	return OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)bytes, n_bytes);
}

/* NULL with f filled. The caller frees. */
static struct secret *derive_key(
	const struct secret *volume_key, const uint8_t salt[HEAL_MAC_SALT_BYTES], struct fail *f)
{
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		bytes_param(OSSL_KDF_PARAM_KEY, secret_view(volume_key), secret_size(volume_key)),
		bytes_param(OSSL_KDF_PARAM_SALT, salt, HEAL_MAC_SALT_BYTES),
		bytes_param(OSSL_KDF_PARAM_INFO, info, sizeof info - 1),
		OSSL_PARAM_END,
	};
	EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = hkdf ? EVP_KDF_CTX_new(hkdf) : NULL;
	struct secret *key = secret_new(MAC_KEY_BYTES, f);

	if (key && (!ctx || EVP_KDF_derive(ctx, secret_bytes(key), MAC_KEY_BYTES, params) != 1)) {
		openssl_fail_set(f, "derive the healing data's key");
		secret_free(key);
		key = NULL;
	}
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(hkdf);
	return key;
}

int heal_mac_make(const struct secret *volume_key, const uint8_t salt[HEAL_MAC_SALT_BYTES],
	const void *facts, size_t n_facts, uint8_t mac[SHA256_BYTES], struct fail *f)
{
	struct secret *key = derive_key(volume_key, salt, f);
	int result = key ? 0 : -1;

	if (key && !HMAC(EVP_sha256(), secret_view(key), MAC_KEY_BYTES, facts, n_facts, mac, NULL))
		result = openssl_fail_set(f, "compute the healing data's MAC");
	secret_free(key);
	return result;
}

int heal_mac_check(const struct secret *volume_key, const uint8_t salt[HEAL_MAC_SALT_BYTES],
	const void *facts, size_t n_facts, const uint8_t mac[SHA256_BYTES], struct fail *f)
{
	uint8_t right[SHA256_BYTES];

	if (heal_mac_make(volume_key, salt, facts, n_facts, right, f))
		return -1;
	return CRYPTO_memcmp(right, mac, sizeof right) == 0;
}
