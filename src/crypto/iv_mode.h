/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The modes of operation that take an IV a sector (crypto/iv.h): CBC, and XTS (IEEE 1619-2018) with
 * a sector as the data unit. Private to src/crypto. */
#ifndef CRYPTO_IV_MODE_H
#define CRYPTO_IV_MODE_H

#include <stdbool.h>

#include "crypto/iv.h"
#include "crypto/sector_cipher_spec.h"
#include "crypto/sector_mode.h"
#include "util/fail.h"
#include "util/secret.h"

extern const struct sector_mode iv_mode_cbc, iv_mode_xts;

/* The context of one of them. block_cipher: OpenSSL's name, "AES" or "CAMELLIA". XTS's key: data
 * key, then tweak key, which have to differ. NULL with f filled. The mode's free. */
void *iv_mode_new(const char *block_cipher, bool is_xts, enum iv_kind iv_kind,
	const struct sector_cipher_spec *spec, const struct secret *key, struct fail *f);

#endif
