/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AES in XTS mode (IEEE 1619-2018), a data unit a sector. Private to src/crypto. */
#ifndef CRYPTO_XTS_MODE_H
#define CRYPTO_XTS_MODE_H

#include "crypto/iv.h"
#include "crypto/sector_cipher.h"
#include "util/fail.h"
#include "util/secret.h"

/* key: data key, then tweak key, which have to differ. NULL with f filled. The caller frees. */
struct sector_cipher *xts_mode_new(enum iv_kind iv_kind, const struct sector_cipher_spec *spec,
	const struct secret *key, struct fail *f);

#endif
