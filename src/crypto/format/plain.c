/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/format_row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/key_hash.h"
#include "util/sector.h"

/* Cipher and hash, once style and options are put together. */
struct scheme {
	struct sector_cipher_spec spec;
	const char *hash; /* NULL: nobody said, as a key is not hashed */
};

static const struct style {
	const char *name, *alias;
	const char *cipher;
	unsigned key_bits;
	const char *hash;
} styles[] = {
	{ "new", "aes256-cbc-sha256", "aes-cbc-plain", 256, "sha256" },
	{ "old", "aes256-cbc-plain", "aes-cbc-plain", 256, "plain" },
};

static int apply_style(struct scheme *s, const struct format_params *params, struct fail *f)
{
	const struct style *style = NULL;

	for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
		if (strcmp(styles[i].name, params->style) == 0 ||
			strcmp(styles[i].alias, params->style) == 0)
			style = &styles[i];
	}
	if (!style) {
		fail_set(f, FAIL_USAGE, "-encstyle", "unknown style %s", params->style);
		fail_hint(f, "choose new (or aes256-cbc-sha256) or old (or aes256-cbc-plain)");
		return -1;
	}
	if (params->cipher || params->key_bits || params->hash ||
		(params->sector_bytes && params->sector_bytes != SECTOR_BYTES)) {
		fail_set(f, FAIL_USAGE, "-encstyle",
			"the style %s already sets the cipher, key size, hash and sector size",
			style->name);
		fail_hint(f, "use -format plain instead of -encstyle to choose them");
		return -1;
	}
	s->spec.name = style->cipher;
	s->spec.key_bits = style->key_bits;
	s->hash = style->hash;
	return 0;
}

static int apply_options(struct scheme *s, const struct format_params *params,
	enum credential_kind kind, struct fail *f)
{
	const char *missing = !params->cipher     ? "-cipher"
			      : !params->key_bits ? "-key-size"
						  : "-hash";

	if (params->cipher && params->key_bits && (params->hash || kind == CREDENTIAL_KEY)) {
		s->spec.name = params->cipher;
		s->spec.key_bits = params->key_bits;
		s->hash = params->hash;
		return 0;
	}
	fail_set(f, FAIL_USAGE, missing,
		"required by the format plain: the disc does not record it, and defaults change");
	fail_hint(f, "give -cipher, -key-size and -hash, or -encstyle new or old");
	return -1;
}

static int resolve(struct scheme *s, const struct format_params *params, enum credential_kind kind,
	struct fail *f)
{
	*s = (struct scheme){ .spec = {
				      .sector_bytes = params->sector_bytes ? params->sector_bytes
									   : SECTOR_BYTES,
				      .large_ivs = params->large_ivs,
				      .iv_offset = params->iv_skip,
			      } };
	return params->style ? apply_style(s, params, f) : apply_options(s, params, kind, f);
}

static bool is_unhashed(const struct scheme *s)
{
	return strcmp(s->hash, "plain") == 0;
}

static bool is_xts(const struct scheme *s)
{
	return strstr(s->spec.name, "-xts-") != NULL;
}

/* What messages call a secret. */
static const char *name_of(const struct credential *c)
{
	return c->path ? c->path : "the secret";
}

/* A tweak key of zeros only would give away equal sectors and more. */
static int check_tweak_key(
	const struct scheme *s, size_t n_filled, const char *object, struct fail *f)
{
	size_t key_bytes = s->spec.key_bits / 8;

	if (!is_xts(s) || n_filled > key_bytes / 2)
		return 0;
	fail_set(f, FAIL_USAGE, object, "%zu bytes leave the second key of %s empty", n_filled,
		s->spec.name);
	fail_hint(f, "use more than %zu bytes, or another -hash", key_bytes / 2);
	return -1;
}

/* The passphrase itself, filled up with zeros. Where loop devices kept one byte less than the key
 * has, dm-crypt keeps all: what is shorter than that means the same to both. */
static struct secret *pad(const struct scheme *s, const struct credential *c, struct fail *f)
{
	size_t key_bytes = s->spec.key_bits / 8, n = secret_size(c->secret);
	struct secret *key = NULL;

	if (n >= key_bytes && !(n == key_bytes && c->kind == CREDENTIAL_BYTES)) {
		fail_set(f, FAIL_USAGE, name_of(c),
			"has %zu bytes; without a hash, programs agree on at most %zu", n,
			key_bytes - 1);
		fail_hint(f,
			"use a shorter passphrase, a hashed style, or a key file of %zu bytes with "
			"-key-file",
			key_bytes);
		return NULL;
	}
	if (check_tweak_key(s, n, name_of(c), f))
		return NULL;
	key = secret_new(key_bytes, f);
	if (key)
		memcpy(secret_bytes(key), secret_view(c->secret), n);
	return key;
}

static struct secret *use_as_it_is(
	const struct scheme *s, const struct credential *c, struct fail *f)
{
	size_t key_bytes = s->spec.key_bits / 8, n = secret_size(c->secret);

	if (n == key_bytes)
		return secret_copy(secret_view(c->secret), n, f);
	fail_set(f, FAIL_USAGE, name_of(c), "a key of %u bits has %zu bytes; this one has %zu",
		s->spec.key_bits, key_bytes, n);
	fail_hint(f,
		"make one with xburncrypt keyfile -bytes %zu FILE; give a passphrase in a file "
		"with -pass-file",
		key_bytes);
	return NULL;
}

static struct secret *make_key(const struct scheme *s, const struct credential *c, struct fail *f)
{
	size_t key_bytes = s->spec.key_bits / 8, n_filled;

	if (c->kind == CREDENTIAL_KEY)
		return use_as_it_is(s, c, f);
	if (is_unhashed(s))
		return pad(s, c, f);
	n_filled = key_hash_filled(s->hash, key_bytes, f);
	if (!n_filled || check_tweak_key(s, n_filled, "-hash", f))
		return NULL;
	return key_hash_derive(s->hash, c->secret, key_bytes, f);
}

/* Cipher and facts. */
static int fill_volume(
	struct volume *v, const struct scheme *s, const struct credential *c, struct fail *f)
{
	if (volume_set_cipher(v, &s->spec, make_key(s, c, f), f))
		return -1;
	snprintf(v->cipher_name, sizeof v->cipher_name, "%s", s->spec.name);
	v->key_bits = s->spec.key_bits;
	v->sector_bytes = s->spec.sector_bytes;
	v->large_ivs = s->spec.large_ivs;
	v->iv_skip = s->spec.iv_offset;
	if (c->kind != CREDENTIAL_KEY)
		snprintf(v->hash, sizeof v->hash, "%s", s->hash);
	return 0;
}

static int check_plain(
	const struct format_params *params, enum credential_kind kind, struct fail *f)
{
	struct scheme s;

	return resolve(&s, params, kind, f) || sector_cipher_check(&s.spec, f) ? -1 : 0;
}

static bool hashes_plain(const struct format_params *params)
{
	struct scheme s;

	return resolve(&s, params, CREDENTIAL_PASSPHRASE, NULL) == 0 && !is_unhashed(&s);
}

static int create_plain(const struct format_params *params, const struct credential *credentials,
	size_t n_credentials, uint64_t payload_bytes, struct volume *volume,
	const struct messages *m, struct fail *f)
{
	struct scheme s;

	(void)n_credentials;
	if (resolve(&s, params, credentials->kind, f) || sector_cipher_check(&s.spec, f) ||
		fill_volume(volume, &s, credentials, f))
		return -1;
	volume->payload_bytes = payload_bytes;
	message_warn(m, "the format plain has no salt and no iterations: use at least 20 random "
			"characters or a random key, and a new one for each disc");
	return 0;
}

static int open_plain(struct block_reader *reader, const struct format_params *params,
	const struct credential *credential, struct volume *volume, const struct messages *m,
	struct fail *f)
{
	struct scheme s;

	(void)reader;
	(void)m;
	if (resolve(&s, params, credential->kind, f))
		return -1;
	return fill_volume(volume, &s, credential, f);
}

/* cryptsetup with all that tells how, but not where the secret comes from. */
static void put_open(struct text *to, const struct volume *v, bool is_hashed)
{
	text_put(to, "cryptsetup open --readonly --type plain -c %s -s %u", v->cipher_name,
		v->key_bits);
	if (is_hashed && v->hash[0])
		text_put(to, " -h %s", v->hash);
	if (v->sector_bytes != SECTOR_BYTES)
		text_put(to, " --sector-size %u", v->sector_bytes);
	if (v->large_ivs)
		text_put(to, " --iv-large-sectors");
	if (v->offset)
		text_put(to, " --offset %llu", (unsigned long long)v->offset);
	if (v->iv_skip)
		text_put(to, " --skip %llu", (unsigned long long)v->iv_skip);
}

/* The secret's bytes to standard output; without a file, hex digits are read from standard input.
 */
static void put_bytes_source(struct text *to, const char *file)
{
	if (file)
		text_put(to, "cat %s", file);
	else
		text_put(to, "xxd -r -p");
}

/* cryptsetup reads exactly a key's size where it doesn't hash, and fails where less comes; of a
 * secret that isn't known less may come. */
static bool needs_padding(const struct volume *v, const struct credential *c)
{
	return strcmp(v->hash, "plain") == 0 &&
	       (!c->secret || secret_size(c->secret) < v->key_bits / 8);
}

static void put_bytes_command(struct text *to, const struct volume *v, const struct credential *c,
	const char *file, const char *object)
{
	bool is_padded = needs_padding(v, c);

	if (is_padded) {
		text_put(to, "(");
		put_bytes_source(to, file);
		text_put(to, "; head -c %u /dev/zero) | ", v->key_bits / 8);
	} else if (!file) {
		put_bytes_source(to, file);
		text_put(to, " | ");
	}
	put_open(to, v, true);
	text_put(to, " --key-file - %s " FORMAT_MAPPING, object);
	if (file && !is_padded)
		text_put(to, " < %s", file);
	text_put(to, "\n");
}

static bool put_commands(const struct volume *v, const struct credential *c, const char *file,
	const char *object, struct text *to)
{
	switch (c->kind) {
	case CREDENTIAL_BYTES:
		put_bytes_command(to, v, c, file, object);
		break;
	case CREDENTIAL_KEY:
		/* "-" would hash it; /dev/stdin is a file to cryptsetup, whose bytes are the key */
		put_open(to, v, false);
		/* as many bytes are read as the key has */
		if (c->key_offset)
			text_put(to, " --keyfile-offset %llu", (unsigned long long)c->key_offset);
		text_put(to, " --key-file %s %s " FORMAT_MAPPING "\n", file ? file : "/dev/stdin",
			object);
		break;
	case CREDENTIAL_PASSPHRASE:
		put_open(to, v, true);
		text_put(to, " %s " FORMAT_MAPPING, object);
		if (file)
			text_put(to, " < %s", file);
		text_put(to, "\n");
		break;
	}
	return true;
}

const struct format plain_format = {
	.name = "plain",
	.summary = "dm-crypt's plain mapping: ciphertext and nothing else",
	.advice = "for discs that must look like noise, or like those of cdrecord's encryption "
		  "patch; the key must be strong by itself",
	.opens_with =
		"cryptsetup open --readonly --type plain -c CIPHER -s BITS -h HASH DEVICE NAME",
	.takes = TAKES_STYLE | TAKES_CIPHER | TAKES_KEY_SIZE | TAKES_HASH | TAKES_SECTOR_SIZE |
		 TAKES_LARGE_IVS | TAKES_SKIP | TAKES_OFFSET | TAKES_KEY_PART,
	.needs_secret = true,
	.unrecorded = "the cipher, key size, hash and sector size",
	.check = check_plain,
	.hashes = hashes_plain,
	.create = create_plain,
	.open = open_plain,
	.commands = put_commands,
};
