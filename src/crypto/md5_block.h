/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MD5's compression of one block (RFC 1321, 3.4), which loop-AES makes its IVs with: it starts from
 * states of its own and ends with a length of its own, so no library's MD5 fits. Private to
 * src/crypto. */
#ifndef CRYPTO_MD5_BLOCK_H
#define CRYPTO_MD5_BLOCK_H

#include <stdint.h>

enum { MD5_BLOCK_BYTES = 64 };

/* RFC 1321, 3.3: the state that MD5 starts from. */
extern const uint32_t md5_block_start[4];

/* Mixes a block into the state. */
void md5_block_compress(uint32_t state[4], const uint8_t block[MD5_BLOCK_BYTES]);

#endif
