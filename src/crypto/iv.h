/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The initialisation vectors of dm-crypt (Linux: drivers/md/dm-crypt.c, crypt_iv_*). Private to
 * src/crypto.
 *
 * plain    LE32(n), 12 zero bytes
 * plain64  LE64(n), 8 zero bytes
 * essiv    plain64's, encrypted in ECB under SHA-256(key)
 *
 * n counts SECTOR_BYTES units from the payload's start plus iv_offset; with large_ivs that number
 * is divided by the units that an encryption sector has.
 */
#ifndef CRYPTO_IV_H
#define CRYPTO_IV_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/sector_cipher_spec.h"
#include "util/fail.h"
#include "util/secret.h"

enum { IV_BYTES = 16 };
enum iv_kind { IV_PLAIN, IV_PLAIN64, IV_ESSIV };

struct iv;

/* block_cipher: OpenSSL's name of the block cipher ("AES", "CAMELLIA"), for essiv. The key is not
 * kept. NULL with f filled. The caller frees. */
struct iv *iv_new(enum iv_kind kind, const char *block_cipher,
	const struct sector_cipher_spec *spec, const struct secret *key, struct fail *f);
struct iv *iv_clone(const struct iv *iv, struct fail *f);

/* Writes the IVs of n_sectors encryption sectors, IV_BYTES each, from the one at offset (in bytes)
 * on. 0, or -1 with f filled. */
int iv_fill(struct iv *iv, uint64_t offset, size_t n_sectors, uint8_t *out, struct fail *f);

void iv_free(struct iv *iv);

#endif
