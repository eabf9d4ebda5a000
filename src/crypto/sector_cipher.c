/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/sector_cipher.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/iv_mode.h"
#include "util/sector.h"

struct sector_cipher {
	const struct sector_mode *mode;
	void *ctx;
	unsigned sector_bytes;
};

struct cipher_row {
	const char *name;
	const char *block_cipher; /* OpenSSL's name */
	bool is_xts;
	enum iv_kind iv_kind;
};

static const struct cipher_row rows[] = {
	{ "aes-cbc-plain", "AES", false, IV_PLAIN },
	{ "aes-cbc-plain64", "AES", false, IV_PLAIN64 },
	{ "aes-cbc-essiv:sha256", "AES", false, IV_ESSIV },
	{ "aes-xts-plain", "AES", true, IV_PLAIN },
	{ "aes-xts-plain64", "AES", true, IV_PLAIN64 },
	{ "camellia-cbc-plain", "CAMELLIA", false, IV_PLAIN },
	{ "camellia-cbc-plain64", "CAMELLIA", false, IV_PLAIN64 },
	{ "camellia-cbc-essiv:sha256", "CAMELLIA", false, IV_ESSIV },
};

static const struct cipher_row *find_row(const char *name, struct fail *f)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	}
	fail_set(f, FAIL_USAGE, name, "unknown cipher");
	fail_hint(f, "choose aes-xts-plain64, aes-xts-plain, or aes-cbc-M or camellia-cbc-M with "
		     "plain64, plain or essiv:sha256 for M");
	return NULL;
}

static int check_key_size(const struct cipher_row *row, unsigned key_bits, struct fail *f)
{
	if (row->is_xts) {
		if (key_bits == 256 || key_bits == 512)
			return 0;
		return fail_set(f, FAIL_USAGE, row->name,
			"takes keys of 256 or 512 bits (two of 128 or 256), not %u", key_bits);
	}
	if (key_bits == 128 || key_bits == 192 || key_bits == 256)
		return 0;
	return fail_set(
		f, FAIL_USAGE, row->name, "takes keys of 128, 192 or 256 bits, not %u", key_bits);
}

static int check_sector(const struct sector_cipher_spec *spec, struct fail *f)
{
	unsigned n = spec->sector_bytes;

	if (n != 512 && n != 1024 && n != 2048 && n != 4096)
		return fail_set(f, FAIL_USAGE, spec->name,
			"takes sectors of 512, 1024 or 2048 bytes, not %u", n);
	/* dm-crypt: "Invalid iv_offset sector" */
	if (spec->iv_offset % (n / SECTOR_BYTES))
		return fail_set(f, FAIL_USAGE, spec->name,
			"with sectors of %u bytes, -skip must be a multiple of %u", n,
			n / SECTOR_BYTES);
	if (spec->large_ivs && n == SECTOR_BYTES)
		return fail_set(f, FAIL_USAGE, spec->name,
			"-iv-large-sectors needs sectors larger than %d bytes", SECTOR_BYTES);
	return 0;
}

/* The row of a cipher that can be worked with; NULL with f filled. */
static const struct cipher_row *check(const struct sector_cipher_spec *spec, struct fail *f)
{
	const struct cipher_row *row = find_row(spec->name, f);

	if (!row || check_key_size(row, spec->key_bits, f) || check_sector(spec, f))
		return NULL;
	return row;
}

int sector_cipher_check(const struct sector_cipher_spec *spec, struct fail *f)
{
	if (spec->sector_bytes == 4096) {
		fail_set(f, FAIL_USAGE, spec->name,
			"a disc with sectors of 4096 bytes can't be mounted: ISO 9660 has blocks "
			"of 2048");
		fail_hint(f, "use -sector-size 2048");
		return -1;
	}
	return check(spec, f) ? 0 : -1;
}

struct sector_cipher *sector_cipher_new(
	const struct sector_cipher_spec *spec, const struct secret *key, struct fail *f)
{
	const struct cipher_row *row = check(spec, f);

	if (!row)
		return NULL;
	if (secret_size(key) != spec->key_bits / 8) {
		fail_set(f, FAIL_USAGE, spec->name,
			"a key of %u bits has %u bytes; this one has %zu", spec->key_bits,
			spec->key_bits / 8, secret_size(key));
		return NULL;
	}
	return sector_cipher_of_mode(row->is_xts ? &iv_mode_xts : &iv_mode_cbc,
		iv_mode_new(row->block_cipher, row->is_xts, row->iv_kind, spec, key, f),
		spec->sector_bytes, f);
}

struct sector_cipher *sector_cipher_of_mode(
	const struct sector_mode *mode, void *ctx, unsigned sector_bytes, struct fail *f)
{
	struct sector_cipher *c = ctx ? malloc(sizeof *c) : NULL;

	if (c) {
		*c = (struct sector_cipher){ mode, ctx, sector_bytes };
		return c;
	}
	fail_memory(f);
	mode->free(ctx);
	return NULL;
}

struct sector_cipher *sector_cipher_clone(const struct sector_cipher *c, struct fail *f)
{
	return sector_cipher_of_mode(c->mode, c->mode->clone(c->ctx, f), c->sector_bytes, f);
}

static int check_range(
	const struct sector_cipher *c, uint64_t offset, size_t n_bytes, struct fail *f)
{
	if (offset % c->sector_bytes || n_bytes % c->sector_bytes)
		return fail_set(f, FAIL_FAILED, "",
			"%zu bytes at %llu are not whole sectors of %u bytes", n_bytes,
			(unsigned long long)offset, c->sector_bytes);
	return 0;
}

int sector_cipher_encrypt(
	struct sector_cipher *c, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f)
{
	if (check_range(c, offset, n_bytes, f))
		return -1;
	return c->mode->encrypt(c->ctx, offset, buf, n_bytes, f);
}

int sector_cipher_decrypt(
	struct sector_cipher *c, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f)
{
	if (check_range(c, offset, n_bytes, f))
		return -1;
	return c->mode->decrypt(c->ctx, offset, buf, n_bytes, f);
}

unsigned sector_cipher_sector_bytes(const struct sector_cipher *c)
{
	return c->sector_bytes;
}

void sector_cipher_free(struct sector_cipher *c)
{
	if (!c)
		return;
	c->mode->free(c->ctx);
	free(c);
}
