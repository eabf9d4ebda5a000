/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/cbc_batch.h"

#include <string.h>

#include <openssl/evp.h>

#include "crypto/openssl_fail.h"

/* Sectors that are encrypted side by side: enough to fill the pipeline; more would fall into the
 * same sets of the L1 cache, as they are a power of two apart. */
enum { BLOCK = 16, LANES = 16 };

/* to = a XOR b; the compiler makes vector instructions of it, at any alignment */
static inline void xor_block(uint8_t *to, const uint8_t *a, const uint8_t *b)
{
	uint64_t x[2], y[2];

	memcpy(x, a, BLOCK);
	memcpy(y, b, BLOCK);
	x[0] ^= y[0];
	x[1] ^= y[1];
	memcpy(to, x, BLOCK);
}

static int encrypt_lanes(EVP_CIPHER_CTX *ecb, const uint8_t *ivs, uint8_t *buf, size_t n_lanes,
	size_t sector_bytes, struct fail *f)
{
	uint8_t state[LANES * BLOCK];
	int n_out, n = (int)n_lanes * BLOCK;

	for (size_t i = 0; i < n_lanes; i++)
		xor_block(state + i * BLOCK, ivs + i * BLOCK, buf + i * sector_bytes);
	for (size_t at = 0;; at += BLOCK) {
		if (EVP_EncryptUpdate(ecb, state, &n_out, state, n) != 1)
			return openssl_fail_set(f, "encrypt");
		if (at + BLOCK == sector_bytes)
			break;
		/* one pass puts the blocks in their places and mixes the next ones in */
		for (size_t i = 0; i < n_lanes; i++) {
			uint8_t *block = buf + i * sector_bytes + at;

			memcpy(block, state + i * BLOCK, BLOCK);
			xor_block(state + i * BLOCK, state + i * BLOCK, block + BLOCK);
		}
	}
	for (size_t i = 0; i < n_lanes; i++)
		memcpy(buf + (i + 1) * sector_bytes - BLOCK, state + i * BLOCK, BLOCK);
	return 0;
}

int cbc_batch_encrypt(EVP_CIPHER_CTX *ecb, const uint8_t *ivs, uint8_t *buf, size_t n_sectors,
	size_t sector_bytes, struct fail *f)
{
	while (n_sectors > 0) {
		size_t n = n_sectors < LANES ? n_sectors : LANES;

		if (encrypt_lanes(ecb, ivs, buf, n, sector_bytes, f))
			return -1;
		ivs += n * BLOCK;
		buf += n * sector_bytes;
		n_sectors -= n;
	}
	return 0;
}

int cbc_batch_decrypt(EVP_CIPHER_CTX *cbc, const uint8_t *ivs, uint8_t *buf, size_t n_sectors,
	size_t sector_bytes, struct fail *f)
{
	/* what the stream takes for the IV of sector i + 1, XOR the right one */
	uint8_t repair[CBC_BATCH_SECTORS * BLOCK];
	int n_out;

	for (size_t i = 0; i + 1 < n_sectors; i++)
		xor_block(repair + i * BLOCK, buf + (i + 1) * sector_bytes - BLOCK,
			ivs + (i + 1) * BLOCK);
	if (EVP_DecryptInit_ex2(cbc, NULL, NULL, ivs, NULL) != 1 ||
		EVP_DecryptUpdate(cbc, buf, &n_out, buf, (int)(n_sectors * sector_bytes)) != 1)
		return openssl_fail_set(f, "decrypt");
	for (size_t i = 0; i + 1 < n_sectors; i++) {
		uint8_t *first = buf + (i + 1) * sector_bytes;

		xor_block(first, first, repair + i * BLOCK);
	}
	return 0;
}
