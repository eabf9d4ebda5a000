/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop-AES's modes with 64 keys, versions 2 and 3 (Linux: drivers/md/dm-crypt.c, crypt_iv_lmk;
 * aespipe.c). Private to src/crypto.
 *
 * Sector n of 512 bytes is encrypted by AES in CBC with key n mod 64. Its IV is an MD5 state, into
 * which the plaintext from its second block on and the sector's number were compressed; with a 65th
 * key, MD5 starts from a secret state.
 */
#ifndef CRYPTO_LOOPAES_MODE_H
#define CRYPTO_LOOPAES_MODE_H

#include <stddef.h>

#include "crypto/sector_cipher.h"
#include "util/fail.h"
#include "util/secret.h"

/* keys: 64 or 65 of key_bytes each, one after the other; first_sector: the number of the payload's
 * first sector. NULL with f filled. The caller frees. */
struct sector_cipher *loopaes_mode_new(
	const struct secret *keys, size_t key_bytes, uint64_t first_sector, struct fail *f);

#endif
