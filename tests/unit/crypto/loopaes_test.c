/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop-AES's 64-key modes: any size of call, clones, sectors far out; the key files that are made.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/tap.h"
#include "crypto/format/loopaes_keys.h"
#include "crypto/loopaes_mode.h"

enum { SECTORS = 150, BYTES = SECTORS * 512 };

static uint8_t plain_text[BYTES], whole[BYTES], buf[BYTES];

static struct secret *new_keys(size_t n_keys, size_t key_bytes)
{
	struct fail f = { 0 };
	struct secret *keys = secret_new(n_keys * key_bytes, &f);

	for (size_t i = 0; i < n_keys * key_bytes; i++)
		secret_bytes(keys)[i] = (uint8_t)(i * 37 + i / 256);
	return keys;
}

static bool same_in_chunks(struct sector_cipher *c, uint64_t offset)
{
	static const size_t chunks[] = { 512, 2048, 5 * 512, 32 * 1024, BYTES };
	struct fail f = { 0 };

	for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
		memcpy(buf, plain_text, BYTES);
		for (size_t at = 0, n; at < BYTES; at += n) {
			n = BYTES - at < chunks[i] ? BYTES - at : chunks[i];
			if (sector_cipher_encrypt(c, offset + at, buf + at, n, &f))
				return false;
		}
		if (memcmp(buf, whole, BYTES) != 0 ||
			sector_cipher_decrypt(c, offset, buf, BYTES, &f) ||
			memcmp(buf, plain_text, BYTES) != 0)
			return false;
	}
	return true;
}

static void check_mode(size_t n_keys, size_t key_bytes, uint64_t first_sector)
{
	struct fail f = { 0 };
	struct secret *keys = new_keys(n_keys, key_bytes);
	struct sector_cipher *c = loopaes_mode_new(keys, key_bytes, 0, &f);
	struct sector_cipher *clone = c ? sector_cipher_clone(c, &f) : NULL;
	uint64_t offset = first_sector * 512;

	secret_free(keys);
	memcpy(whole, plain_text, BYTES);
	tap_ok(clone && sector_cipher_encrypt(c, offset, whole, BYTES, &f) == 0 &&
			same_in_chunks(c, offset),
		"%zu keys of %zu bytes from sector %llu", n_keys, key_bytes,
		(unsigned long long)first_sector);
	sector_cipher_free(c);
	tap_ok(clone && same_in_chunks(clone, offset), "its clone");
	sector_cipher_free(clone);
}

/* Sector numbers have 56 bits in the IV, and none of them is left out. */
static void check_numbers(void)
{
	static const int bits[] = { 6, 31, 32, 46 };
	struct fail f = { 0 };
	struct secret *keys = new_keys(65, 32);
	struct sector_cipher *c = loopaes_mode_new(keys, 32, 0, &f);

	secret_free(keys);
	for (size_t i = 0; c && i < sizeof bits / sizeof *bits; i++) {
		memcpy(buf, plain_text, 512);
		memcpy(whole, plain_text, 512);
		sector_cipher_encrypt(c, 0, buf, 512, &f);
		sector_cipher_encrypt(c, (uint64_t)512 << bits[i], whole, 512, &f);
		tap_ok(memcmp(buf, whole, 16) != 0, "bit %d of the sector's number counts",
			bits[i]);
	}
	sector_cipher_free(c);
}

/* Nothing but letters of base64 (RFC 4648). */
static bool is_base64(const uint8_t *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isalnum(line[i]) && line[i] != '+' && line[i] != '/')
			return false;
	return true;
}

static void check_generated(void)
{
	struct fail f = { 0 };
	struct secret *file = loopaes_keys_generate(&f);
	struct loopaes_keys keys = { 0 };
	bool good = file && loopaes_keys_parse(&keys, file, "generated", &f) == 0;

	tap_ok(good && keys.n_keys == 65 && keys.n_line == 60, "a file of 65 keys");
	for (size_t i = 0; good && i < 65; i++) {
		good = is_base64(loopaes_keys_line(&keys, i), keys.n_line);
		for (size_t j = 0; good && j < i; j++)
			good = memcmp(loopaes_keys_line(&keys, i), loopaes_keys_line(&keys, j),
				       keys.n_line) != 0;
	}
	tap_ok(good, "each line is base64, and no line is another");
	secret_free(file);
}

int main(void)
{
	for (size_t i = 0; i < BYTES; i++)
		plain_text[i] = (uint8_t)(i * i + i / 512);
	for (size_t key_bytes = 16; key_bytes <= 32; key_bytes += 8) {
		check_mode(64, key_bytes, 0);
		check_mode(65, key_bytes, 3);
	}
	check_mode(65, 32, 0xffffffff - 70);
	check_numbers();
	check_generated();
	return tap_done();
}
