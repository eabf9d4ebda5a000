/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CBC (NIST SP 800-38A, 6.2) over many sectors at once, each with an IV of its own. Private to
 * src/crypto.
 *
 * CBC encryption is serial within a sector, but sectors are independent: the j-th blocks of several
 * sectors are encrypted by one ECB call, which fills the processor's pipeline. Decryption runs over
 * the sectors as one stream, in which only each sector's first block comes out with the wrong IV
 * and is put right afterwards. Both are several times faster than a call a sector.
 */
#ifndef CRYPTO_CBC_BATCH_H
#define CRYPTO_CBC_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

#include "util/fail.h"

enum { CBC_BATCH_SECTORS = 64 }; /* most sectors of one call */

/* In place. sector_bytes is a multiple of 16; ivs has 16 bytes a sector. ecb encrypts in ECB mode,
 * cbc decrypts in CBC mode, both of a cipher with 16-byte blocks, without padding. 0, or -1 with f
 * filled. */
int cbc_batch_encrypt(EVP_CIPHER_CTX *ecb, const uint8_t *ivs, uint8_t *buf, size_t n_sectors,
	size_t sector_bytes, struct fail *f);
int cbc_batch_decrypt(EVP_CIPHER_CTX *cbc, const uint8_t *ivs, uint8_t *buf, size_t n_sectors,
	size_t sector_bytes, struct fail *f);

#endif
