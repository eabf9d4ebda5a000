/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/format_row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto/cipher_context.h"
#include "crypto/format/loopaes_keys.h"
#include "crypto/loopaes_mode.h"
#include "crypto/openssl_fail.h"
#include "util/sector.h"

enum { ITERATED_BYTES = 32 }; /* what is iterated, whatever the key's size */

#define SINGLE_CIPHER "aes-cbc-plain64"
#define MULTI_CIPHER "aes:64-cbc-lmk" /* dm-crypt's name */

/* The hash goes by the key's size. */
static const EVP_MD *hash_for(unsigned key_bits)
{
	return key_bits == 128 ? EVP_sha256() : key_bits == 192 ? EVP_sha384() : EVP_sha512();
}

/* out = the first n_out bytes of the line's hash, the line's first byte XOR flip */
static int hash_line(uint8_t *out, size_t n_out, const uint8_t *line, size_t n_line, uint8_t flip,
	const EVP_MD *md, struct fail *f)
{
	struct secret *copy = secret_copy(line, n_line, f);
	struct secret *hash = secret_new(EVP_MAX_MD_SIZE, f);
	int result = -1;

	if (!copy || !hash)
		goto out;
	secret_bytes(copy)[0] ^= flip;
	if (EVP_Digest(secret_view(copy), n_line, secret_bytes(hash), NULL, md, NULL) != 1) {
		openssl_fail_set(f, "hash a key's line");
		goto out;
	}
	memcpy(out, secret_view(hash), n_out);
	result = 0;
out:
	secret_free(copy);
	secret_free(hash);
	return result;
}

/* aespipe -C: both halves encrypted by turns, their inner quarters exchanged. */
static int iterate(struct secret *key, const struct loopaes_keys *keys, const EVP_MD *md,
	uint64_t thousands, struct fail *f)
{
	struct secret *by = secret_new(ITERATED_BYTES, f);
	uint8_t *k = secret_bytes(key), quarter[8];
	EVP_CIPHER_CTX *ctx = NULL;
	int result = -1, n;

	if (!by || hash_line(secret_bytes(by), ITERATED_BYTES, keys->first, keys->n_line, 1, md, f))
		goto out;
	ctx = cipher_context_new("AES", "ECB", true, by, f);
	if (!ctx)
		goto out;
	for (uint64_t i = 0; i < thousands * 1000; i++) {
		if (EVP_EncryptUpdate(ctx, k, &n, k, ITERATED_BYTES) != 1) {
			openssl_fail_set(f, "iterate the key");
			goto out;
		}
		memcpy(quarter, k + 8, 8);
		memcpy(k + 8, k + 16, 8);
		memcpy(k + 16, quarter, 8);
	}
	result = 0;
out:
	secret_wipe(quarter, sizeof quarter);
	EVP_CIPHER_CTX_free(ctx);
	secret_free(by);
	return result;
}

static int set_single(struct volume *v, const struct loopaes_keys *keys, struct fail *f)
{
	struct sector_cipher_spec spec = { .name = SINGLE_CIPHER,
		.key_bits = v->key_bits,
		.sector_bytes = SECTOR_BYTES,
		.iv_offset = v->iv_skip };
	const EVP_MD *md = hash_for(v->key_bits);
	struct secret *key = secret_new(ITERATED_BYTES, f);

	if (!key ||
		hash_line(secret_bytes(key), ITERATED_BYTES, keys->first, keys->n_line, 0, md, f) ||
		(v->pbkdf_iterations && iterate(key, keys, md, v->pbkdf_iterations, f))) {
		secret_free(key);
		return -1;
	}
	secret_truncate(key, v->key_bits / 8);
	return volume_set_cipher(v, &spec, key, f);
}

static int set_multi(struct volume *v, const struct loopaes_keys *keys, struct fail *f)
{
	/* so that the wrong version gives garbage everywhere, and not in first blocks alone */
	uint8_t tweak = keys->n_keys == LOOPAES_KEYS_V3 ? 0xf4 : 0x55;
	size_t key_bytes = v->key_bits / 8;
	struct secret *all = secret_new(keys->n_keys * key_bytes, f);

	if (!all)
		return -1;
	for (size_t i = 0; i < keys->n_keys; i++) {
		uint8_t *key = secret_bytes(all) + i * key_bytes;

		if (hash_line(key, key_bytes, loopaes_keys_line(keys, i), keys->n_line, 0,
			    hash_for(v->key_bits), f))
			goto out;
		key[0] ^= tweak;
	}
	v->cipher = loopaes_mode_new(all, key_bytes, v->iv_skip, f);
	if (!v->cipher)
		goto out;
	v->key = all;
	return 0;
out:
	secret_free(all);
	return -1;
}

/* A passphrase is a single key's line without its newline; everything else is a key file. */
static int find_keys(struct loopaes_keys *keys, const struct credential *c, struct fail *f)
{
	if (c->kind != CREDENTIAL_PASSPHRASE)
		return loopaes_keys_parse(keys, c->secret, c->path, f);
	*keys = (struct loopaes_keys){ secret_view(c->secret), LOOPAES_KEYS_SINGLE,
		secret_size(c->secret) };
	if (keys->n_line >= LOOPAES_KEYS_LINE_MIN)
		return 0;
	return fail_set(f, FAIL_USAGE, c->path,
		"the passphrase has %zu characters; loop-AES needs at least %d", keys->n_line,
		LOOPAES_KEYS_LINE_MIN);
}

static int check_params(
	const struct format_params *params, const struct loopaes_keys *keys, struct fail *f)
{
	unsigned bits = params->key_bits;

	if (bits && bits != 128 && bits != 192 && bits != 256)
		return fail_set(f, FAIL_USAGE, "-key-size",
			"loop-AES takes keys of 128, 192 or 256 bits, not %u", bits);
	if (params->iterations && keys->n_keys != LOOPAES_KEYS_SINGLE)
		return fail_set(f, FAIL_USAGE, "-iterations",
			"only a single key can be iterated; this key file has %zu", keys->n_keys);
	return 0;
}

/* Cipher and facts. */
static int fill_volume(struct volume *v, const struct format_params *params,
	const struct credential *c, struct fail *f)
{
	struct loopaes_keys keys;
	bool is_single;

	if (find_keys(&keys, c, f) || check_params(params, &keys, f))
		return -1;
	is_single = keys.n_keys == LOOPAES_KEYS_SINGLE;
	v->key_bits = params->key_bits ? params->key_bits : 256;
	v->sector_bytes = SECTOR_BYTES;
	v->pbkdf_iterations = params->iterations;
	v->iv_skip = params->iv_skip;
	snprintf(v->cipher_name, sizeof v->cipher_name, "%s",
		is_single ? SINGLE_CIPHER : MULTI_CIPHER);
	return is_single ? set_single(v, &keys, f) : set_multi(v, &keys, f);
}

static int create_loopaes(const struct format_params *params, const struct credential *credentials,
	size_t n_credentials, uint64_t payload_bytes, struct volume *volume,
	const struct messages *m, struct fail *f)
{
	(void)n_credentials;
	if (fill_volume(volume, params, credentials, f))
		return -1;
	volume->payload_bytes = payload_bytes;
	if (strcmp(volume->cipher_name, SINGLE_CIPHER) == 0)
		message_warn(m,
			"a single loop-AES key has no salt%s: use at least 20 random characters, "
			"and a new key for each disc",
			volume->pbkdf_iterations ? "" : " and no iterations");
	return 0;
}

static int open_loopaes(struct block_reader *reader, const struct format_params *params,
	const struct credential *credential, struct volume *volume, const struct messages *m,
	struct fail *f)
{
	(void)reader;
	(void)m;
	return fill_volume(volume, params, credential, f);
}

/* Only aespipe knows iterated keys; it decrypts to a file. */
static void put_aespipe(
	struct text *to, const struct volume *v, const char *file, const char *object)
{
	if (v->offset)
		text_put(to, "tail -c +%llu %s | ",
			(unsigned long long)(v->offset * SECTOR_BYTES + 1), object);
	text_put(to, "aespipe -d -e AES%u -C %u", v->key_bits, v->pbkdf_iterations);
	if (v->iv_skip)
		text_put(to, " -O %llu", (unsigned long long)v->iv_skip);
	if (file)
		text_put(to, " -P %s", file);
	if (!v->offset)
		text_put(to, " < %s", object);
	text_put(to, " > " FORMAT_DECRYPTED "\n");
}

static bool put_commands(const struct volume *volume, const struct credential *credential,
	const char *file, const char *object, struct text *to)
{
	bool is_text = credential->kind == CREDENTIAL_PASSPHRASE && file;

	if (volume->pbkdf_iterations) {
		put_aespipe(to, volume, file, object);
		return false;
	}
	/* a passphrase's file may lack the newline that cryptsetup wants; one more does no harm */
	if (is_text)
		text_put(to, "(cat %s; echo) | ", file);
	if (!file && credential->kind == CREDENTIAL_BYTES)
		text_put(to, "xxd -r -p | ");
	/* cryptsetup reads no key from a terminal */
	if (!file && credential->kind == CREDENTIAL_PASSPHRASE)
		text_put(to, "(stty -echo || :; head -n 1; stty echo || :) | ");
	text_put(to, "cryptsetup open --readonly --type loopaes -c aes -s %u", volume->key_bits);
	if (volume->offset)
		text_put(to, " --offset %llu", (unsigned long long)volume->offset);
	/* cryptsetup's default is the offset */
	if (volume->offset || volume->iv_skip)
		text_put(to, " --skip %llu", (unsigned long long)volume->iv_skip);
	text_put(to, " --key-file %s %s " FORMAT_MAPPING "\n", is_text || !file ? "-" : file,
		object);
	return true;
}

const struct format loopaes_format = {
	.name = "loopaes",
	.summary = "loop-AES: ciphertext and nothing else, with one key or 64",
	.advice = "for discs that old systems with loop-AES or aespipe must read; a key file of 65 "
		  "lines, encrypted with gpg and kept apart, is its strongest form",
	.opens_with = "cryptsetup open --readonly --type loopaes -c aes -s BITS --key-file FILE "
		      "DEVICE NAME; aespipe -d",
	.takes = TAKES_KEY_SIZE | TAKES_ITERATIONS | TAKES_SKIP | TAKES_OFFSET,
	.needs_secret = true,
	.unrecorded = "-key-size, -iterations, -offset and -skip",
	.create = create_loopaes,
	.open = open_loopaes,
	.commands = put_commands,
};
