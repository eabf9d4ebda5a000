/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every cipher against OpenSSL used sector by sector, with IVs computed here: all modes, key sizes
 * and sector sizes, any size of call, clones, large offsets, and what is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "lib/tap.h"
#include "crypto/sector_cipher.h"

/* Enough for two batches and a rest at the largest sector; odd, so that nothing is aligned. */
enum { MAX_SECTORS = 2 * 64 + 5, MAX_BYTES = MAX_SECTORS * 4096 };

static uint8_t plain_text[MAX_BYTES], wanted[MAX_BYTES], room[MAX_BYTES + 1];
static uint8_t *const buf = room + 1;

/* Repeatable bytes that look random (xorshift). */
static void fill(uint8_t *to, size_t n, uint64_t seed)
{
	for (size_t i = 0; i < n; i++) {
		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		to[i] = (uint8_t)(seed >> 32);
	}
}

static void must(int passed, const char *what)
{
	if (passed)
		return;
	printf("Bail out! OpenSSL: %s\n", what);
	exit(1);
}

/* One OpenSSL context a call: slow, and as plain as can be. */
static void encrypt_once(
	const char *name, const uint8_t *key, const uint8_t *iv, uint8_t *bytes, int n_bytes)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n;

	must(cipher && EVP_EncryptInit_ex2(ctx, cipher, key, iv, NULL) == 1, name);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	must(EVP_EncryptUpdate(ctx, bytes, &n, bytes, n_bytes) == 1 && n == n_bytes, name);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
}

static void make_iv(
	uint8_t iv[16], const struct sector_cipher_spec *spec, const uint8_t *key, uint64_t sector)
{
	uint64_t unit = sector * (spec->sector_bytes / 512) + spec->iv_offset;
	uint8_t salt[32];

	if (spec->large_ivs)
		unit /= spec->sector_bytes / 512;
	if (strstr(spec->name, "plain") && !strstr(spec->name, "plain64"))
		unit &= 0xffffffff;
	memset(iv, 0, 16);
	for (int i = 0; i < 8; i++)
		iv[i] = (uint8_t)(unit >> 8 * i);
	if (!strstr(spec->name, "essiv"))
		return;
	must(EVP_Digest(key, spec->key_bits / 8, salt, NULL, EVP_sha256(), NULL) == 1, "SHA-256");
	encrypt_once(strstr(spec->name, "camellia") ? "CAMELLIA-256-ECB" : "AES-256-ECB", salt,
		NULL, iv, 16);
}

static void encrypt_slowly(const struct sector_cipher_spec *spec, const uint8_t *key,
	uint64_t first_sector, size_t n_sectors)
{
	bool is_xts = strstr(spec->name, "xts") != NULL;
	uint8_t iv[16];
	char name[32];

	snprintf(name, sizeof name, "%s-%u-%s", strstr(spec->name, "aes") ? "AES" : "CAMELLIA",
		is_xts ? spec->key_bits / 2 : spec->key_bits, is_xts ? "XTS" : "CBC");
	memcpy(wanted, plain_text, n_sectors * spec->sector_bytes);
	for (size_t i = 0; i < n_sectors; i++) {
		make_iv(iv, spec, key, first_sector + i);
		encrypt_once(
			name, key, iv, wanted + i * spec->sector_bytes, (int)spec->sector_bytes);
	}
}

typedef int work_fn(
	struct sector_cipher *c, uint64_t offset, uint8_t *bytes, size_t n_bytes, struct fail *f);

static int work_in_chunks(work_fn *work, struct sector_cipher *c, uint64_t offset, size_t n_bytes,
	size_t chunk, struct fail *f)
{
	for (size_t at = 0, n; at < n_bytes; at += n) {
		n = n_bytes - at < chunk ? n_bytes - at : chunk;
		if (work(c, offset + at, buf + at, n, f))
			return -1;
	}
	return 0;
}

static bool same_in_all_chunks(
	struct sector_cipher *c, const struct sector_cipher_spec *spec, uint64_t offset, size_t n)
{
	const size_t chunks[] = { spec->sector_bytes, 7 * spec->sector_bytes, 4096, 32 * 1024,
		64 * spec->sector_bytes, 256 * 1024, MAX_BYTES };
	struct fail f = { 0 };

	for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
		memcpy(buf, plain_text, n);
		if (work_in_chunks(sector_cipher_encrypt, c, offset, n, chunks[i], &f) ||
			memcmp(buf, wanted, n) != 0)
			return false;
		if (work_in_chunks(sector_cipher_decrypt, c, offset, n, chunks[i], &f) ||
			memcmp(buf, plain_text, n) != 0)
			return false;
	}
	return true;
}

static void check(struct sector_cipher_spec spec, uint64_t first_sector)
{
	struct fail f = { 0 };
	uint8_t key_bytes[64];
	struct secret *key;
	struct sector_cipher *c, *clone;
	size_t n = (size_t)MAX_SECTORS * spec.sector_bytes;
	uint64_t offset = first_sector * spec.sector_bytes;

	fill(key_bytes, sizeof key_bytes, 0x1234567 + spec.key_bits);
	key = secret_copy(key_bytes, spec.key_bits / 8, &f);
	c = sector_cipher_new(&spec, key, &f);
	secret_free(key);
	clone = c ? sector_cipher_clone(c, &f) : NULL;
	encrypt_slowly(&spec, key_bytes, first_sector, MAX_SECTORS);
	tap_ok(clone && sector_cipher_sector_bytes(c) == spec.sector_bytes &&
			same_in_all_chunks(c, &spec, offset, n),
		"%s, %u bits, %u bytes%s, skip %llu, from sector %llu", spec.name, spec.key_bits,
		spec.sector_bytes, spec.large_ivs ? ", large IVs" : "",
		(unsigned long long)spec.iv_offset, (unsigned long long)first_sector);
	sector_cipher_free(c); /* the clone stands alone */
	tap_ok(clone && same_in_all_chunks(clone, &spec, offset, n), "its clone");
	sector_cipher_free(clone);
}

static const char *const cbc_names[] = { "aes-cbc-plain", "aes-cbc-plain64", "aes-cbc-essiv:sha256",
	"camellia-cbc-plain", "camellia-cbc-plain64", "camellia-cbc-essiv:sha256" };
static const char *const xts_names[] = { "aes-xts-plain", "aes-xts-plain64" };

static void check_sector_sizes(const char *name, unsigned key_bits)
{
	for (unsigned n = 512; n <= 4096; n *= 2) {
		struct sector_cipher_spec spec = {
			.name = name, .key_bits = key_bits, .sector_bytes = n
		};

		check(spec, 0);
		spec.large_ivs = n > 512;
		spec.iv_offset = 24;
		check(spec, 3);
	}
}

/* Behind 2 TiB plain and plain64 differ. */
static void check_large_offsets(void)
{
	for (size_t i = 0; i < 3; i++)
		check((struct sector_cipher_spec){ cbc_names[i], 256, 512, false, 0 },
			0xfffffffe - 20);
	for (size_t i = 0; i < 2; i++)
		check((struct sector_cipher_spec){ xts_names[i], 512, 2048, false, 0 },
			0xfffffffe / 4 - 20);
	check((struct sector_cipher_spec){ "aes-xts-plain64", 512, 512, false, 0xffffffffffull },
		0);
}

static void refuse(const char *what, struct sector_cipher_spec spec, const char *says)
{
	struct fail f = { 0 };

	tap_ok(sector_cipher_check(&spec, &f) == -1 && f.code == FAIL_USAGE && strstr(f.what, says),
		"refused: %s: %s: %s", what, f.object, f.what);
}

static void check_refusals(void)
{
	static const unsigned no_cbc[] = { 0, 64, 255, 264, 384, 512 };
	static const unsigned no_xts[] = { 0, 128, 192, 384, 1024 };

	refuse("another cipher",
		(struct sector_cipher_spec){ "serpent-xts-plain64", 512, 512, 0, 0 },
		"unknown cipher");
	refuse("another mode", (struct sector_cipher_spec){ "aes-ecb-plain", 256, 512, 0, 0 },
		"unknown cipher");
	refuse("another hash", (struct sector_cipher_spec){ "aes-cbc-essiv:sha1", 256, 512, 0, 0 },
		"unknown cipher");
	refuse("no name", (struct sector_cipher_spec){ "", 256, 512, 0, 0 }, "unknown cipher");
	for (size_t i = 0; i < sizeof no_cbc / sizeof *no_cbc; i++)
		refuse("CBC key size",
			(struct sector_cipher_spec){ "aes-cbc-plain", no_cbc[i], 512, 0, 0 },
			"128, 192 or 256");
	for (size_t i = 0; i < sizeof no_xts / sizeof *no_xts; i++)
		refuse("XTS key size",
			(struct sector_cipher_spec){ "aes-xts-plain64", no_xts[i], 512, 0, 0 },
			"256 or 512");
	refuse("4096", (struct sector_cipher_spec){ "aes-xts-plain64", 512, 4096, 0, 0 },
		"can't be mounted");
	refuse("odd sector", (struct sector_cipher_spec){ "aes-xts-plain64", 512, 520, 0, 0 },
		"512, 1024 or 2048");
	refuse("half a sector skipped",
		(struct sector_cipher_spec){ "aes-cbc-plain", 256, 2048, 0, 6 }, "multiple of 4");
	refuse("large IVs at 512",
		(struct sector_cipher_spec){ "aes-cbc-plain", 256, 512, true, 0 },
		"larger than 512");
}

static void check_keys(void)
{
	struct sector_cipher_spec xts = { "aes-xts-plain64", 512, 512, false, 0 };
	struct fail f = { 0 }, g = { 0 }, h = { 0 };
	struct secret *equal = secret_new(64, &f), *longer = secret_new(33, &f);
	struct sector_cipher_spec cbc = { "aes-cbc-plain", 256, 512, false, 0 };
	struct sector_cipher *c;

	fill(secret_bytes(equal), 32, 99);
	memcpy(secret_bytes(equal) + 32, secret_view(equal), 32);
	tap_ok(!sector_cipher_new(&xts, equal, &f) && f.code == FAIL_USAGE &&
			strstr(f.what, "equal"),
		"equal XTS halves are refused: %s", f.what);
	tap_ok(!sector_cipher_new(&cbc, longer, &g) && g.code == FAIL_USAGE && strstr(g.what, "33"),
		"a key of 33 bytes is refused: %s", g.what);
	secret_truncate(longer, 32);
	c = sector_cipher_new(&cbc, longer, &h);
	tap_ok(c && sector_cipher_encrypt(c, 256, buf, 512, &h) == -1 && h.code == FAIL_FAILED,
		"an offset inside a sector is refused");
	h = (struct fail){ 0 };
	tap_ok(c && sector_cipher_decrypt(c, 512, buf, 511, &h) == -1 && h.code == FAIL_FAILED,
		"a part of a sector is refused");
	tap_ok(c && sector_cipher_encrypt(c, 512, buf, 0, &h) == 0,
		"nothing is encrypted to nothing");
	sector_cipher_free(c);
	sector_cipher_free(NULL);
	secret_free(equal);
	secret_free(longer);
}

int main(void)
{
	fill(plain_text, sizeof plain_text, 42);
	for (size_t i = 0; i < sizeof cbc_names / sizeof *cbc_names; i++) {
		for (unsigned bits = 128; bits <= 256; bits += 64)
			check_sector_sizes(cbc_names[i], bits);
	}
	for (size_t i = 0; i < sizeof xts_names / sizeof *xts_names; i++) {
		check_sector_sizes(xts_names[i], 256);
		check_sector_sizes(xts_names[i], 512);
	}
	check_large_offsets();
	check_refusals();
	check_keys();
	return tap_done();
}
