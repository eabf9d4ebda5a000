/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Published answers for the ciphers, their modes and their IVs. */
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "lib/tap.h"
#include "crypto/cbc_batch.h"
#include "crypto/cipher_context.h"
#include "crypto/iv.h"
#include "crypto/sector_cipher.h"
#include "vector.h"
#include "xts_vectors.h"

/* NIST SP 800-38A (2001), appendix F.2: CBC-AES128, CBC-AES192, CBC-AES256 */
#define SP800_38A_IV "000102030405060708090a0b0c0d0e0f"
#define SP800_38A_PLAIN                                                                            \
	"6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"                         \
	"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"

static const struct cbc_vector {
	const char *name, *block_cipher, *key, *iv, *plain, *cipher;
} cbc_vectors[] = {
	{ "SP 800-38A F.2.1", "AES", "2b7e151628aed2a6abf7158809cf4f3c", SP800_38A_IV,
		SP800_38A_PLAIN,
		"7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
		"73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7" },
	{ "SP 800-38A F.2.3", "AES", "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
		SP800_38A_IV, SP800_38A_PLAIN,
		"4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"
		"571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd" },
	{ "SP 800-38A F.2.5", "AES",
		"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", SP800_38A_IV,
		SP800_38A_PLAIN,
		"f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
		"39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b" },
	/* RFC 3713, appendix A: single blocks, which CBC with an IV of zeros leaves alone */
	{ "RFC 3713, 128 bits", "CAMELLIA", "0123456789abcdeffedcba9876543210",
		"00000000000000000000000000000000", "0123456789abcdeffedcba9876543210",
		"67673138549669730857065648eabe43" },
	{ "RFC 3713, 192 bits", "CAMELLIA", "0123456789abcdeffedcba98765432100011223344556677",
		"00000000000000000000000000000000", "0123456789abcdeffedcba9876543210",
		"b4993401b3e996f84ee5cee7d79b09b9" },
	{ "RFC 3713, 256 bits", "CAMELLIA",
		"0123456789abcdeffedcba987654321000112233445566778899aabbccddeeff",
		"00000000000000000000000000000000", "0123456789abcdeffedcba9876543210",
		"9acc237dff16d76c20ef7c919e3a7509" },
};

enum { LANES = 19 }; /* more than are worked on side by side */

/* The same vector in every lane, so that each lane is compared with the published answer. */
static void check_cbc(const struct cbc_vector *v)
{
	struct fail f = { 0 };
	struct secret *key = vector_secret(v->key);
	EVP_CIPHER_CTX *ecb = cipher_context_new(v->block_cipher, "ECB", true, key, &f);
	EVP_CIPHER_CTX *cbc = cipher_context_new(v->block_cipher, "CBC", false, key, &f);
	uint8_t buf[LANES * 64], ivs[LANES * IV_BYTES];
	size_t n = 0;
	bool encrypted = true, decrypted = true;

	for (size_t i = 0; i < LANES; i++) {
		n = vector_bytes(buf + i * n, 64, v->plain);
		vector_bytes(ivs + i * IV_BYTES, IV_BYTES, v->iv);
	}
	tap_ok(cbc_batch_encrypt(ecb, ivs, buf, LANES, n, &f) == 0, "%s: encrypts", v->name);
	for (size_t i = 0; i < LANES; i++)
		encrypted = encrypted && vector_is(buf + i * n, n, v->cipher);
	tap_ok(encrypted, "%s: cipher text", v->name);
	tap_ok(cbc_batch_decrypt(cbc, ivs, buf, LANES, n, &f) == 0, "%s: decrypts", v->name);
	for (size_t i = 0; i < LANES; i++)
		decrypted = decrypted && vector_is(buf + i * n, n, v->plain);
	tap_ok(decrypted, "%s: plaintext", v->name);
	EVP_CIPHER_CTX_free(ecb);
	EVP_CIPHER_CTX_free(cbc);
	secret_free(key);
}

/* Linux, crypto/testmgr.h, essiv(cbc(aes),sha256): the number of the sector, little endian, is the
 * IV before its encryption. */
static const struct essiv_vector {
	const char *key;
	uint64_t sector;
	const char *plain, *cipher;
} essiv_vectors[] = {
	{ "c286696d887c9aa0611bbb3e2025a45a", 0x283d096d99172e56,
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		"c8599afe79e67b20067d550a5ec7b5a70b9c80d215a1b86dc6ab7b65d9fd88eb" },
	{ "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", 0x0706050403020100, SP800_38A_PLAIN,
		"966da97a42e601c717fca741d3380be55148f77e5e26a9fe45721cd9deabf34d"
		"3947c54f973a55638029644c33e8218a6aef6b6a8f43c0cbf0f36e7454449244" },
	{ "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", 0x0706050403020100,
		SP800_38A_PLAIN,
		"2452f14874d0a793759b6346c01c1e174ddc5b3a27932a63f7f1c7b354565b50"
		"a331a58bd6fdb63c8bf6f245050cc8bb320b261ce98b02c0b26f37a75ba8a942" },
};

static void check_essiv(const struct essiv_vector *v)
{
	struct fail f = { 0 };
	struct secret *key = vector_secret(v->key);
	struct sector_cipher_spec spec = { .sector_bytes = 512, .iv_offset = v->sector };
	EVP_CIPHER_CTX *ecb = cipher_context_new("AES", "ECB", true, key, &f);
	struct iv *iv = iv_new(IV_ESSIV, "AES", &spec, key, &f);
	uint8_t buf[64], iv_bytes[IV_BYTES];
	size_t n = vector_bytes(buf, sizeof buf, v->plain);

	tap_ok(iv && iv_fill(iv, 0, 1, iv_bytes, &f) == 0 &&
			cbc_batch_encrypt(ecb, iv_bytes, buf, 1, n, &f) == 0 &&
			vector_is(buf, n, v->cipher),
		"essiv:sha256 with %zu bits", secret_size(key) * 8);
	iv_free(iv);
	EVP_CIPHER_CTX_free(ecb);
	secret_free(key);
}

/* In the middle of other sectors, at the data unit's offset. */
static void check_xts(const struct xts_vector *v)
{
	struct fail f = { 0 };
	struct secret *key = vector_secret(v->key);
	struct sector_cipher_spec spec = {
		.name = "aes-xts-plain64", .key_bits = v->key_bits, .sector_bytes = 512
	};
	struct sector_cipher *c = sector_cipher_new(&spec, key, &f);
	size_t before = v->data_unit < 70 ? (size_t)v->data_unit : 70;
	uint64_t offset = (v->data_unit - before) * 512;
	uint8_t buf[72 * 512], *unit = buf + before * 512;
	bool same = true;

	memset(buf, 0x5a, sizeof buf);
	for (int i = 0; i < 512; i++)
		unit[i] = (uint8_t)i;
	tap_ok(c && sector_cipher_encrypt(c, offset, buf, (before + 1) * 512, &f) == 0 &&
			vector_is(unit, 512, v->cipher_text),
		"IEEE 1619 vector %d: cipher text", v->number);
	tap_ok(c && sector_cipher_decrypt(c, offset, buf, (before + 1) * 512, &f) == 0,
		"IEEE 1619 vector %d: decrypts", v->number);
	for (int i = 0; i < 512; i++)
		same = same && unit[i] == (uint8_t)i;
	tap_ok(same, "IEEE 1619 vector %d: plaintext", v->number);
	sector_cipher_free(c);
	secret_free(key);
}

int main(void)
{
	for (size_t i = 0; i < sizeof cbc_vectors / sizeof *cbc_vectors; i++)
		check_cbc(&cbc_vectors[i]);
	for (size_t i = 0; i < sizeof essiv_vectors / sizeof *essiv_vectors; i++)
		check_essiv(&essiv_vectors[i]);
	for (size_t i = 0; i < sizeof xts_vectors / sizeof *xts_vectors; i++)
		check_xts(&xts_vectors[i]);
	return tap_done();
}
