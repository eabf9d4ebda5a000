/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a secret to the key of a VeraCrypt or TrueCrypt header: PBKDF2 over the passphrase, or over
 * the pool that a key file is mixed into (VeraCrypt documentation, "Header Key Derivation" and
 * "Keyfiles - Technical Details"). Private to src/crypto. */
#ifndef CRYPTO_FORMAT_VERACRYPT_KEY_H
#define CRYPTO_FORMAT_VERACRYPT_KEY_H

#include <stdint.h>

#include "crypto/format/veracrypt_kind.h"
#include "crypto/format/volume.h"
#include "util/fail.h"
#include "util/secret.h"

enum { VERACRYPT_KEY_SALT_BYTES = 64 };

/* The largest PIM: its iterations just fit VeraCrypt's signed 32 bits. */
enum { VERACRYPT_KEY_PIM_MAX = 2147468 };

/* The rounds of a hash: its own, or 500,000, or what the PIM (Personal Iterations Multiplier, 0:
 * none) says. */
uint32_t veracrypt_key_iterations(const struct veracrypt_hash *hash, uint32_t pim);

/* What goes into PBKDF2: the passphrase's bytes, or the pool that they, or none, and the key files
 * are mixed into. NULL with f filled. The caller frees. */
struct secret *veracrypt_key_password(
	const struct veracrypt_kind *kind, const struct credential *c, struct fail *f);

/* 64 bytes, an AES-256-XTS key. NULL with f filled. The caller frees. */
struct secret *veracrypt_key_derive(const struct secret *password,
	const uint8_t salt[VERACRYPT_KEY_SALT_BYTES], const struct veracrypt_hash *hash,
	uint32_t pim, struct fail *f);

#endif
