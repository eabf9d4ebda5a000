/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/loopaes_mode.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto/cipher_context.h"
#include "crypto/md5_block.h"
#include "crypto/openssl_fail.h"
#include "crypto/sector_mode.h"
#include "util/number.h"
#include "util/sector.h"

enum { KEYS = 64, BLOCK = 16 };

struct loopaes {
	EVP_CIPHER_CTX *encrypt[KEYS];
	EVP_CIPHER_CTX *decrypt[KEYS];
	uint32_t md5_start[4];
	uint64_t first_sector; /* the number of the payload's first */
};

static void free_loopaes(void *ctx)
{
	struct loopaes *l = ctx;

	if (!l)
		return;
	for (int i = 0; i < KEYS; i++) {
		EVP_CIPHER_CTX_free(l->encrypt[i]);
		EVP_CIPHER_CTX_free(l->decrypt[i]);
	}
	secret_wipe(l, sizeof *l);
	free(l);
}

static struct loopaes *new_loopaes(struct fail *f)
{
	struct loopaes *l = calloc(1, sizeof *l);

	if (!l)
		fail_memory(f);
	return l;
}

static void *clone_loopaes(const void *ctx, struct fail *f)
{
	const struct loopaes *from = ctx;
	struct loopaes *l = new_loopaes(f);

	if (!l)
		return NULL;
	memcpy(l->md5_start, from->md5_start, sizeof l->md5_start);
	l->first_sector = from->first_sector;
	for (int i = 0; i < KEYS; i++) {
		l->encrypt[i] = cipher_context_clone(from->encrypt[i], f);
		l->decrypt[i] = cipher_context_clone(from->decrypt[i], f);
		if (!l->encrypt[i] || !l->decrypt[i]) {
			free_loopaes(l);
			return NULL;
		}
	}
	return l;
}

/* From the plaintext behind the sector's first block. */
static void make_iv(
	const struct loopaes *l, uint64_t sector, const uint8_t *plain, uint8_t iv[BLOCK])
{
	uint8_t last[MD5_BLOCK_BYTES];
	uint32_t state[4];
	int at = BLOCK;

	memcpy(state, l->md5_start, sizeof state);
	for (; at + MD5_BLOCK_BYTES <= SECTOR_BYTES; at += MD5_BLOCK_BYTES)
		md5_block_compress(state, plain + at);
	memcpy(last, plain + at, 48);
	number_put_le32(last + 48, (uint32_t)sector);
	number_put_le32(last + 52, (uint32_t)(sector >> 32 & 0xffffff) | 0x80000000);
	/* the length in bits as version 2 had it by mistake; kept by all since */
	number_put_le32(last + 56, 4024);
	number_put_le32(last + 60, 0);
	md5_block_compress(state, last);
	for (int i = 0; i < 4; i++)
		number_put_le32(iv + 4 * i, state[i]);
}

static int cbc(EVP_CIPHER_CTX *ctx, const uint8_t iv[BLOCK], uint8_t *sector, struct fail *f)
{
	int n_out;

	if (EVP_CipherInit_ex2(ctx, NULL, NULL, iv, -1, NULL) == 1 &&
		EVP_CipherUpdate(ctx, sector, &n_out, sector, SECTOR_BYTES) == 1)
		return 0;
	return openssl_fail_set(f, "process a sector with AES-CBC");
}

static int encrypt_loopaes(void *ctx, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f)
{
	struct loopaes *l = ctx;
	uint64_t sector = l->first_sector + offset / SECTOR_BYTES;
	uint8_t iv[BLOCK];

	for (; n_bytes > 0; n_bytes -= SECTOR_BYTES, buf += SECTOR_BYTES, sector++) {
		make_iv(l, sector, buf, iv);
		if (cbc(l->encrypt[sector % KEYS], iv, buf, f))
			return -1;
	}
	return 0;
}

static int decrypt_loopaes(void *ctx, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f)
{
	static const uint8_t zeros[BLOCK];
	struct loopaes *l = ctx;
	uint64_t sector = l->first_sector + offset / SECTOR_BYTES;
	uint8_t iv[BLOCK];

	for (; n_bytes > 0; n_bytes -= SECTOR_BYTES, buf += SECTOR_BYTES, sector++) {
		/* all but the first block comes out without knowing the IV, which follows from it
		 */
		if (cbc(l->decrypt[sector % KEYS], zeros, buf, f))
			return -1;
		make_iv(l, sector, buf, iv);
		for (int i = 0; i < BLOCK; i++)
			buf[i] ^= iv[i];
	}
	return 0;
}

static const struct sector_mode mode = {
	.encrypt = encrypt_loopaes,
	.decrypt = decrypt_loopaes,
	.clone = clone_loopaes,
	.free = free_loopaes,
};

/* The state that MD5 starts from: its own, or one that the 65th key was compressed into. */
static int set_start(struct loopaes *l, const struct secret *keys, size_t key_bytes, struct fail *f)
{
	struct secret *block;

	memcpy(l->md5_start, md5_block_start, sizeof l->md5_start);
	if (secret_size(keys) == KEYS * key_bytes)
		return 0;
	block = secret_new(MD5_BLOCK_BYTES, f);
	if (!block)
		return -1;
	memcpy(secret_bytes(block), secret_view(keys) + KEYS * key_bytes, BLOCK);
	md5_block_compress(l->md5_start, secret_view(block));
	secret_free(block);
	return 0;
}

static int set_key(struct loopaes *l, int i, const uint8_t *bytes, size_t key_bytes, struct fail *f)
{
	struct secret *key = secret_copy(bytes, key_bytes, f);

	if (!key)
		return -1;
	l->encrypt[i] = cipher_context_new("AES", "CBC", true, key, f);
	l->decrypt[i] = cipher_context_new("AES", "CBC", false, key, f);
	secret_free(key);
	return l->encrypt[i] && l->decrypt[i] ? 0 : -1;
}

struct sector_cipher *loopaes_mode_new(
	const struct secret *keys, size_t key_bytes, uint64_t first_sector, struct fail *f)
{
	struct loopaes *l = new_loopaes(f);

	if (!l || set_start(l, keys, key_bytes, f))
		goto failed;
	l->first_sector = first_sector;
	for (int i = 0; i < KEYS; i++) {
		if (set_key(l, i, secret_view(keys) + (size_t)i * key_bytes, key_bytes, f))
			goto failed;
	}
	return sector_cipher_of_mode(&mode, l, SECTOR_BYTES, f);
failed:
	free_loopaes(l);
	return NULL;
}
