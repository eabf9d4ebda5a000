/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenSSL's cipher contexts: made by name, with a key, without padding. Private to src/crypto.
 *
 * The key schedule lives in ordinary heap; EVP_CIPHER_CTX_free wipes it.
 */
#ifndef CRYPTO_CIPHER_CONTEXT_H
#define CRYPTO_CIPHER_CONTEXT_H

#include <stdbool.h>

#include <openssl/types.h>

#include "util/fail.h"
#include "util/secret.h"

/* block_cipher and mode as OpenSSL writes them ("AES", "ECB"); the key's length chooses the
 * variant. An IV, where the mode has one, is set before each use. NULL with f filled. The caller
 * frees with EVP_CIPHER_CTX_free. */
EVP_CIPHER_CTX *cipher_context_new(const char *block_cipher, const char *mode, bool encrypt,
	const struct secret *key, struct fail *f);
EVP_CIPHER_CTX *cipher_context_clone(const EVP_CIPHER_CTX *ctx, struct fail *f);

#endif
