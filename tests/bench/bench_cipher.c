/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast the sector ciphers are, against OpenSSL called once a sector: GB/s of one thread over a
 * chunk that stays in the cache, and the ratio. Best of several rounds, in turn. Not part of the
 * tests: no result depends on it. bench_cipher [MILLISECONDS-A-ROUND] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>

#include "crypto/digest_list.h"
#include "crypto/loopaes_mode.h"
#include "crypto/sector_cipher.h"
#include "util/sector.h"

enum { ROUNDS = 5 };

static uint8_t chunk[CHUNK_BYTES];
static double round_seconds = 0.1;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What is measured: one pass over the chunk. */
struct task {
	void (*pass)(struct task *t);
	struct sector_cipher *cipher;
	EVP_CIPHER_CTX *evp;
	struct digest_list *digest;
	size_t sector_bytes;
	bool decrypt;
};

static void pass_ours(struct task *t)
{
	struct fail f = { 0 };
	int failed = t->decrypt ? sector_cipher_decrypt(t->cipher, 0, chunk, sizeof chunk, &f)
				: sector_cipher_encrypt(t->cipher, 0, chunk, sizeof chunk, &f);

	if (failed)
		exit(1);
}

static void pass_evp(struct task *t)
{
	uint8_t iv[16] = { 0 };
	int n;

	for (size_t at = 0; at < sizeof chunk; at += t->sector_bytes) {
		uint64_t sector = at / SECTOR_BYTES;

		memcpy(iv, &sector, sizeof sector);
		if (EVP_CipherInit_ex2(t->evp, NULL, NULL, iv, -1, NULL) != 1 ||
			EVP_CipherUpdate(
				t->evp, chunk + at, &n, chunk + at, (int)t->sector_bytes) != 1)
			exit(1);
	}
}

static void pass_digest(struct task *t)
{
	digest_list_update(t->digest, chunk, sizeof chunk);
}

static double measure(struct task *t)
{
	double start = now(), end;
	size_t n = 0;

	do {
		t->pass(t);
		n++;
		end = now();
	} while (end - start < round_seconds);
	return (double)n * sizeof chunk / (end - start) / 1e9;
}

static void compare(const char *name, struct task *ours, struct task *evp)
{
	double best = 0, best_evp = 0, x;

	for (int i = 0; i < ROUNDS; i++) {
		x = measure(ours);
		best = x > best ? x : best;
		x = evp ? measure(evp) : 0;
		best_evp = x > best_evp ? x : best_evp;
	}
	if (evp)
		printf("%-38s %6.2f %6.2f  %5.2fx\n", name, best, best_evp, best / best_evp);
	else
		printf("%-38s %6.2f\n", name, best);
}

static EVP_CIPHER_CTX *new_evp(const char *name, const struct secret *key, bool decrypt)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	if (!cipher || EVP_CipherInit_ex2(ctx, cipher, secret_view(key), NULL, !decrypt, NULL) != 1)
		exit(1);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	EVP_CIPHER_free(cipher);
	return ctx;
}

static void bench_cipher(const char *name, unsigned key_bits, unsigned sector_bytes,
	const char *evp_name, bool decrypt)
{
	struct sector_cipher_spec spec = {
		.name = name, .key_bits = key_bits, .sector_bytes = sector_bytes
	};
	struct fail f = { 0 };
	struct secret *key = secret_new(key_bits / 8, &f);
	struct task ours = { .pass = pass_ours, .decrypt = decrypt };
	struct task evp = { .pass = pass_evp, .sector_bytes = sector_bytes };
	char title[80];

	secret_random(secret_bytes(key), key_bits / 8);
	ours.cipher = sector_cipher_new(&spec, key, &f);
	evp.evp = new_evp(evp_name, key, decrypt);
	if (!ours.cipher)
		exit(1);
	snprintf(title, sizeof title, "%s %u, %u bytes, %s", name, key_bits, sector_bytes,
		decrypt ? "decrypt" : "encrypt");
	compare(title, &ours, &evp);
	sector_cipher_free(ours.cipher);
	EVP_CIPHER_CTX_free(evp.evp);
	secret_free(key);
}

static void bench_loopaes(bool decrypt)
{
	struct fail f = { 0 };
	struct secret *keys = secret_new(65 * 32, &f);
	struct task ours = { .pass = pass_ours, .decrypt = decrypt };

	secret_random(secret_bytes(keys), 65 * 32);
	ours.cipher = loopaes_mode_new(keys, 32, 0, &f);
	compare(decrypt ? "loop-AES v3 256, decrypt" : "loop-AES v3 256, encrypt", &ours, NULL);
	sector_cipher_free(ours.cipher);
	secret_free(keys);
}

int main(int argc, char **argv)
{
	struct fail f = { 0 };
	struct task digest = { .pass = pass_digest };

	if (argc > 1)
		round_seconds = atof(argv[1]) / 1000;
	printf("GB/s, %d KiB a call                       ours    EVP  ratio\n",
		CHUNK_BYTES / 1024);
	for (int decrypt = 0; decrypt < 2; decrypt++) {
		bench_cipher("aes-cbc-plain", 256, 512, "AES-256-CBC", decrypt);
		bench_cipher("aes-cbc-essiv:sha256", 256, 512, "AES-256-CBC", decrypt);
		bench_cipher("aes-cbc-plain64", 128, 2048, "AES-128-CBC", decrypt);
		bench_cipher("aes-xts-plain64", 512, 512, "AES-256-XTS", decrypt);
		bench_cipher("aes-xts-plain64", 512, 2048, "AES-256-XTS", decrypt);
		bench_cipher("camellia-cbc-plain64", 256, 512, "CAMELLIA-256-CBC", decrypt);
		bench_loopaes(decrypt);
	}
	digest.digest = digest_list_new(0, &f);
	if (!digest.digest)
		return 1;
	compare("SHA-256", &digest, NULL);
	digest_list_free(digest.digest);
	return 0;
}
