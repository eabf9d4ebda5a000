/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Published answers for the digest and for the keys of plain mappings. */
#include <stdlib.h>
#include <string.h>

#include "lib/tap.h"
#include "crypto/digest_list.h"
#include "crypto/crc32.h"
#include "crypto/key_hash.h"
#include "crypto/md5_block.h"
#include "vector.h"

/* NIST, Cryptographic Standards and Guidelines, Example Values: SHA-256; and FIPS 180-2, B.3 */
static const struct digest_vector {
	const char *text;
	const char *digest;
} digest_vectors[] = {
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

static void check_digest(const struct digest_vector *v)
{
	struct fail f = { 0 };
	struct digest_list *d = digest_list_new(0, &f);

	digest_list_update(d, v->text, strlen(v->text));
	digest_list_finish(d);
	tap_ok(vector_is(digest_list_group(d, 0), DIGEST_BYTES, v->digest), "SHA-256 of '%s'",
		v->text);
	digest_list_free(d);
}

/* cryptsetup, tests/password-hash-test; with a length: the hashes of "abc" in RFC 3174 (SHA-1),
 * FIPS 180-2 (SHA-512) and "RIPEMD-160: A Strengthened Version of RIPEMD" (1996), appendix B */
static const struct key_vector {
	const char *hash;
	size_t key_bytes;
	const char *passphrase;
	const char *key;
} key_vectors[] = {
	{ "ripemd160", 32, "xxx",
		"aeb26d1f69eb6dddfb9381eed4d7299f091e99aa5d3ff06866d4ce9f620f7aca" },
	{ "ripemd160", 16, "xxx", "aeb26d1f69eb6dddfb9381eed4d7299f" },
	{ "ripemd160", 32, "xxx\n",
		"625ce2a8dbdf08f1de400dba7ab9fab246f2a55ad6136e6cafd6703732dab8cf" },
	{ "sha1", 32, "xxx", "b60d121b438a380c343d5ec3c2037564b82ffef30b1e0a6ad9af7a73aa91c197" },
	{ "sha1", 16, "xxx", "b60d121b438a380c343d5ec3c2037564" },
	{ "sha256", 32, "xxx", "cd2eb0837c9b4c962c22d2ff8b5441b7b45805887f051d39bf133b583baf6860" },
	{ "sha256", 16, "xxx", "cd2eb0837c9b4c962c22d2ff8b5441b7" },
	{ "sha1:20", 32, "abc",
		"a9993e364706816aba3e25717850c26c9cd0d89d000000000000000000000000" },
	{ "ripemd160:20", 24, "abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc00000000" },
	{ "sha512:32", 64, "abc",
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
		"0000000000000000000000000000000000000000000000000000000000000000" },
	{ "sha512", 64, "abc",
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
		"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
};

static void check_key(const struct key_vector *v)
{
	struct fail f = { 0 };
	struct secret *passphrase = secret_copy(v->passphrase, strlen(v->passphrase), &f);
	struct secret *key = key_hash_derive(v->hash, passphrase, v->key_bytes, &f);

	tap_ok(key && vector_is(secret_view(key), secret_size(key), v->key),
		"%s, a key of %zu bytes", v->hash, v->key_bytes);
	secret_free(key);
	secret_free(passphrase);
}

/* RFC 1321, A.5 */
static const struct md5_vector {
	const char *text, *digest;
} md5_vectors[] = {
	{ "", "d41d8cd98f00b204e9800998ecf8427e" },
	{ "abc", "900150983cd24fb0d6963f7d28e17f72" },
	{ "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
	{ "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
		"d174ab98d277d9f5a5611c2c9f419d9f" },
	{ "1234567890123456789012345678901234567890123456789012345678901234567890123456789"
	  "0",
		"57edf4a22be3c955ac49da2e2107b67a" },
};

/* With the padding of RFC 1321, 3.1 and 3.2, which loop-AES does without. */
static void check_md5(const struct md5_vector *v)
{
	uint8_t blocks[3 * MD5_BLOCK_BYTES] = { 0 }, out[16];
	size_t n = strlen(v->text), n_blocks = (n + 8) / MD5_BLOCK_BYTES + 1;
	uint32_t state[4];

	memcpy(blocks, v->text, n);
	blocks[n] = 0x80;
	blocks[n_blocks * MD5_BLOCK_BYTES - 8] = (uint8_t)(8 * n);
	blocks[n_blocks * MD5_BLOCK_BYTES - 7] = (uint8_t)(8 * n >> 8);
	memcpy(state, md5_block_start, sizeof state);
	for (size_t i = 0; i < n_blocks; i++)
		md5_block_compress(state, blocks + i * MD5_BLOCK_BYTES);
	for (int i = 0; i < 16; i++)
		out[i] = (uint8_t)(state[i / 4] >> 8 * (i % 4));
	tap_ok(vector_is(out, sizeof out, v->digest), "MD5 of '%s'", v->text);
}

/* The check value of CRC-32 that catalogues give (ITU-T V.42's polynomial). */
static void check_crc32(void)
{
	uint32_t crc = ~crc32_update(CRC32_START, (const uint8_t *)"123456789", 9);
	uint32_t parts = crc32_update(CRC32_START, (const uint8_t *)"1234", 4);

	tap_ok(crc == 0xcbf43926, "CRC-32 of 123456789");
	tap_ok(~crc32_update(parts, (const uint8_t *)"56789", 5) == crc, "and in two parts");
}

int main(void)
{
	for (size_t i = 0; i < sizeof md5_vectors / sizeof *md5_vectors; i++)
		check_md5(&md5_vectors[i]);
	check_crc32();
	for (size_t i = 0; i < sizeof digest_vectors / sizeof *digest_vectors; i++)
		check_digest(&digest_vectors[i]);
	for (size_t i = 0; i < sizeof key_vectors / sizeof *key_vectors; i++)
		check_key(&key_vectors[i]);
	return tap_done();
}
