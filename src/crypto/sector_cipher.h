/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Length-preserving encryption of disc sectors, as dm-crypt and loop-AES do it.
 *
 * A cipher is named as dm-crypt names it (Linux:
 * Documentation/admin-guide/device-mapper/dm-crypt.rst): aes-cbc-plain, aes-cbc-plain64,
 * aes-cbc-essiv:sha256, aes-xts-plain, aes-xts-plain64, camellia-cbc-...; loop-AES's own modes have
 * constructors of their own. The IV of a sector counts SECTOR_BYTES units from the start of the
 * payload, plus iv_offset; with large_ivs it counts encryption sectors (cryptsetup's
 * --iv-large-sectors).
 *
 * A sector_cipher is used by one thread at a time; sector_cipher_clone makes one for another
 * thread. Its keys live in OpenSSL's contexts (ordinary heap, wiped when freed).
 */
#ifndef CRYPTO_SECTOR_CIPHER_H
#define CRYPTO_SECTOR_CIPHER_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/sector_cipher_spec.h"
#include "util/fail.h"
#include "util/secret.h"

struct sector_cipher;
struct sector_mode;

/* 0 if the name is known and fits key size and sector size, else -1 with f filled (FAIL_USAGE). For
 * making volumes: refuses sectors of 4096 bytes, in which ISO 9660 would not mount. */
int sector_cipher_check(const struct sector_cipher_spec *spec, struct fail *f);

/* A cipher with key, which has spec->key_bits / 8 bytes and is not kept. XTS keys with equal halves
 * are refused; sectors of 4096 bytes are not, as other programs make such images. NULL with f
 * filled. The caller frees. */
struct sector_cipher *sector_cipher_new(
	const struct sector_cipher_spec *spec, const struct secret *key, struct fail *f);

/* A cipher of a mode (crypto/sector_mode.h), private to src/crypto; takes ctx over, also when it
 * fails or when ctx is NULL (a mode's constructor that failed and filled f). NULL with f filled. */
struct sector_cipher *sector_cipher_of_mode(
	const struct sector_mode *mode, void *ctx, unsigned sector_bytes, struct fail *f);

/* Another context with the same keys. NULL with f filled. */
struct sector_cipher *sector_cipher_clone(const struct sector_cipher *c, struct fail *f);

/* Encrypts or decrypts n_bytes in place. offset (from the payload's start) and n_bytes are
 * multiples of the encryption sector. 0, or -1 with f filled. Fastest with 32 KiB to 256 KiB a
 * call. */
int sector_cipher_encrypt(
	struct sector_cipher *c, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f);
int sector_cipher_decrypt(
	struct sector_cipher *c, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f);

/* The encryption sector's size in bytes. */
unsigned sector_cipher_sector_bytes(const struct sector_cipher *c);

void sector_cipher_free(struct sector_cipher *c);

#endif
