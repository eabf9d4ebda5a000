/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dm-crypt's CBC modes: one key, one IV a sector. Private to src/crypto. */
#ifndef CRYPTO_CBC_MODE_H
#define CRYPTO_CBC_MODE_H

#include "crypto/iv.h"
#include "crypto/sector_cipher.h"
#include "util/fail.h"
#include "util/secret.h"

/* block_cipher: OpenSSL's name, "AES" or "CAMELLIA". NULL with f filled. The caller frees. */
struct sector_cipher *cbc_mode_new(const char *block_cipher, enum iv_kind iv_kind,
	const struct sector_cipher_spec *spec, const struct secret *key, struct fail *f);

#endif
