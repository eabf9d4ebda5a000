/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Published answers for the digest and for the keys of plain mappings. */
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "crypto/digest.h"
#include "crypto/key_hash.h"
#include "vector.h"

/* NIST, Cryptographic Standards and Guidelines, Example Values: SHA-256; and FIPS 180-2, B.3 */
static const struct digest_vector {
	const char *text;
	size_t n_times;
	const char *digest;
} digest_vectors[] = {
	{ "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
};

static void check_digest(const struct digest_vector *v)
{
	struct fail f = { 0 };
	struct digest *d = digest_new(&f);
	uint8_t out[DIGEST_BYTES];

	for (size_t i = 0; i < v->n_times; i++)
		digest_update(d, v->text, strlen(v->text));
	digest_final(d, out);
	tap_ok(vector_is(out, sizeof out, v->digest), "SHA-256 of %zu times '%s'", v->n_times,
		v->text);
	digest_free(d);
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

int main(void)
{
	for (size_t i = 0; i < sizeof digest_vectors / sizeof *digest_vectors; i++)
		check_digest(&digest_vectors[i]);
	for (size_t i = 0; i < sizeof key_vectors / sizeof *key_vectors; i++)
		check_key(&key_vectors[i]);
	return tap_done();
}
