/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digests of runs of blocks, which are computed side by side where the processor can, beside those
 * of OpenSSL for one message. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/salted_digest.h"
#include "lib/tap.h"

enum { BLOCKS = 41, SALT_BYTES = 32 };

static uint8_t salt[SALT_BYTES], blocks[BLOCKS][BLOCK_BYTES];

static void by_openssl(size_t n_salt, const uint8_t *block, uint8_t digest[SHA256_BYTES])
{
	static uint8_t message[SALT_BYTES + BLOCK_BYTES];

	memcpy(message, salt, n_salt);
	memcpy(message + n_salt, block, BLOCK_BYTES);
	if (!EVP_Digest(message, n_salt + BLOCK_BYTES, digest, NULL, EVP_sha256(), NULL))
		exit(1);
}

/* Runs of each length from each of the first blocks on. */
static void check(size_t n_salt)
{
	struct fail f = { 0 };
	struct salted_digest *d = salted_digest_new(salt, n_salt, &f);
	uint8_t is[BLOCKS][SHA256_BYTES], wanted[BLOCKS][SHA256_BYTES];
	unsigned n_wrong = 0;

	for (unsigned i = 0; i < BLOCKS; i++)
		by_openssl(n_salt, blocks[i], wanted[i]);
	for (unsigned first = 0; first < 3; first++)
		for (unsigned n = 0; d && n <= BLOCKS - first; n++) {
			memset(is, 0xaa, sizeof is);
			salted_digest_of_run(d, blocks[first], n, is[0]);
			n_wrong += memcmp(is, wanted[first], (size_t)n * SHA256_BYTES) != 0;
			for (unsigned i = n; i < BLOCKS; i++)
				n_wrong += is[i][0] != 0xaa || is[i][SHA256_BYTES - 1] != 0xaa;
		}
	tap_ok(d && n_wrong == 0, "runs of blocks behind a salt of %zu bytes", n_salt);
	salted_digest_of(d, blocks[5], is[0]);
	tap_ok(memcmp(is[0], wanted[5], SHA256_BYTES) == 0, "one block behind %zu bytes", n_salt);
	tap_ok(d && salted_digest_check(d, &f) == 0, "nothing failed");
	salted_digest_free(d);
}

int main(void)
{
	srand(1);
	for (unsigned i = 0; i < BLOCKS; i++)
		for (unsigned j = 0; j < BLOCK_BYTES; j++)
			blocks[i][j] = (uint8_t)(rand() >> 8);
	for (unsigned i = 0; i < SALT_BYTES; i++)
		salt[i] = (uint8_t)(0x80 + i);
	check(SALT_BYTES);
	check(16);
	check(0);
	return tap_done();
}
