/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/veracrypt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto/cipher_context.h"
#include "crypto/openssl_fail.h"
#include "crypto/format/veracrypt_header.h"
#include "crypto/format/veracrypt_key.h"
#include "util/sector.h"
#include "util/size.h"

/* A short passphrase is not to have fewer iterations than the default, which this PIM says too (as
 * VeraCrypt rules). */
enum { SHORT_PASSPHRASE = 20, DEFAULT_PIM = 485 };

#define CIPHER "aes-xts-plain64"

static const struct veracrypt_kind veracrypt = {
	.name = "VeraCrypt",
	.magic = "VERA",
	.passphrase_max = 128,
	.hashes = (const struct veracrypt_hash[]){ { "sha512", "SHA2-512", 0 }, { 0 } },
	.hint = "give the PIM with -pim if the volume has one; only AES with SHA-512 is supported",
};

/* What a volume may open with. */
struct opening {
	const struct veracrypt_kind *kind;
	const struct secret *password;
	uint32_t pim;
};

/* Encrypts or decrypts a header in place, as one data unit with the number 0. */
static int crypt_header(uint8_t bytes[VERACRYPT_HEADER_BYTES], bool encrypt,
	const struct secret *key, struct fail *f)
{
	static const uint8_t tweak[16];
	EVP_CIPHER_CTX *ctx = cipher_context_new("AES", "XTS", encrypt, key, f);
	int result = -1, n;

	if (!ctx)
		return -1;
	if (EVP_CipherInit_ex2(ctx, NULL, NULL, tweak, -1, NULL) == 1 &&
		EVP_CipherUpdate(ctx, bytes, &n, bytes, VERACRYPT_HEADER_BYTES) == 1)
		result = 0;
	else
		openssl_fail_set(f, "process a volume's header");
	EVP_CIPHER_CTX_free(ctx);
	return result;
}

/* A header area: a salt of its own, the header under the key from that, random bytes. Heap. */
static uint8_t *new_area(
	const struct secret *header, const struct secret *password, uint32_t pim, struct fail *f)
{
	uint8_t *area = malloc(VERACRYPT_HEADER_AREA_BYTES);
	struct secret *key = NULL, *work = NULL;
	int result = -1;

	if (!area) {
		fail_memory(f);
		return NULL;
	}
	secret_random(area, VERACRYPT_HEADER_AREA_BYTES);
	key = veracrypt_key_derive(password, area, veracrypt.hashes, pim, f);
	work = secret_copy(secret_view(header), secret_size(header), f);
	if (!key || !work || crypt_header(secret_bytes(work), true, key, f))
		goto out;
	memcpy(area + VERACRYPT_KEY_SALT_BYTES, secret_view(work), VERACRYPT_HEADER_BYTES);
	result = 0;
out:
	secret_free(work);
	secret_free(key);
	if (result == 0)
		return area;
	free(area);
	return NULL;
}

static int check_pim(const struct credential *c, uint32_t pim, struct fail *f)
{
	if (pim > VERACRYPT_KEY_PIM_MAX)
		return fail_set(f, FAIL_USAGE, "-pim", "%u is too large; at most %d", pim,
			VERACRYPT_KEY_PIM_MAX);
	if (!c || c->kind == CREDENTIAL_KEY || !pim || pim >= DEFAULT_PIM ||
		secret_size(c->secret) >= SHORT_PASSPHRASE)
		return 0;
	fail_set(f, FAIL_USAGE, "-pim",
		"%u is too small for a passphrase shorter than %d characters; at least %d", pim,
		SHORT_PASSPHRASE, DEFAULT_PIM);
	fail_hint(f, "use a longer passphrase, or leave out -pim");
	return -1;
}

/* Cipher and facts; data units are numbered from the volume's start. */
static int fill_volume(struct volume *v, const struct veracrypt_header *h,
	const struct veracrypt_hash *hash, uint32_t pim, struct fail *f)
{
	struct sector_cipher_spec spec = { .name = CIPHER,
		.key_bits = VERACRYPT_HEADER_KEY_BYTES * 8,
		.sector_bytes = SECTOR_BYTES,
		.iv_offset = h->data_offset / SECTOR_BYTES };

	if (volume_set_cipher(v, &spec, secret_copy(h->key, VERACRYPT_HEADER_KEY_BYTES, f), f))
		return -1;
	snprintf(v->cipher_name, sizeof v->cipher_name, "%s", CIPHER);
	snprintf(v->hash, sizeof v->hash, "%s", hash->name);
	snprintf(v->pbkdf, sizeof v->pbkdf, "pbkdf2");
	v->pbkdf_iterations = veracrypt_key_iterations(hash, pim);
	v->pim = pim;
	v->key_bits = spec.key_bits;
	v->sector_bytes = SECTOR_BYTES;
	v->n_slots = 1;
	v->payload_offset = h->data_offset;
	v->payload_bytes = h->data_bytes;
	return 0;
}

/* Decrypts a header as it stands on the medium and reads it; header borrows from bytes. */
static int read_header(struct veracrypt_header *header, struct secret *bytes, const uint8_t *area,
	const struct opening *o, const struct veracrypt_hash *hash, struct fail *f)
{
	struct secret *key = veracrypt_key_derive(o->password, area, hash, o->pim, f);
	int result = -1;

	if (!key)
		return -1;
	memcpy(secret_bytes(bytes), area + VERACRYPT_KEY_SALT_BYTES, VERACRYPT_HEADER_BYTES);
	if (crypt_header(secret_bytes(bytes), false, key, f) == 0)
		result = veracrypt_header_parse(header, o->kind, secret_view(bytes), f);
	secret_free(key);
	return result;
}

/* The cipher's key comes out of the header area, by the hash that fits: also the proof that what
 * was made can be opened. */
static int fill_from_area(
	struct volume *v, const uint8_t *area, const struct opening *o, struct fail *f)
{
	struct secret *bytes = secret_new(VERACRYPT_HEADER_BYTES, f);
	struct veracrypt_header header;
	struct fail tried = { 0 };
	int result = -1;

	for (const struct veracrypt_hash *h = o->kind->hashes; bytes && h->name; h++) {
		tried = (struct fail){ 0 };
		result = read_header(&header, bytes, area, o, h, &tried);
		if (result == 0)
			result = fill_volume(v, &header, h, o->pim, &tried);
		/* one that can't be opened is a header all the same */
		if (result == 0 || tried.code != FAIL_MISMATCH)
			break;
	}
	if (result && f && !fail_is_set(f))
		*f = tried;
	secret_free(bytes);
	return result;
}

static struct secret *new_header(uint64_t data_bytes, struct fail *f)
{
	struct secret *header = secret_new(VERACRYPT_HEADER_BYTES, f);
	struct secret *key = secret_new_random(VERACRYPT_HEADER_KEY_BYTES, f);

	if (header && key) {
		veracrypt_header_build(secret_bytes(header), data_bytes, secret_view(key));
	} else {
		secret_free(header);
		header = NULL;
	}
	secret_free(key);
	return header;
}

static int create_veracrypt(const struct format_params *params,
	const struct credential *credentials, size_t n_credentials, uint64_t payload_bytes,
	struct volume *volume, const struct messages *m, struct fail *f)
{
	struct secret *password = NULL, *header = NULL;
	struct opening o = { .kind = &veracrypt, .pim = params->pim };
	int result = -1;

	(void)n_credentials;
	(void)m;
	if (check_pim(credentials, params->pim, f))
		return -1;
	o.password = password = veracrypt_key_password(o.kind, credentials, f);
	header = password ? new_header(payload_bytes, f) : NULL;
	if (!header)
		goto out;
	volume->header = new_area(header, password, params->pim, f);
	volume->trailer = new_area(header, password, params->pim, f);
	if (!volume->header || !volume->trailer || fill_from_area(volume, volume->header, &o, f))
		goto out;
	volume->header_bytes = volume->trailer_bytes = VERACRYPT_HEADER_AREA_BYTES;
	result = 0;
out:
	secret_free(header);
	secret_free(password);
	return result;
}

/* Tries the header at sector of block lba. */
static int open_at(struct volume *v, struct block_reader *reader, uint64_t lba, uint32_t sector,
	const struct opening *o, struct fail *f)
{
	uint8_t block[BLOCK_BYTES];

	if (block_reader_read(reader, lba, 1, block, f))
		return -1;
	return fill_from_area(v, block + sector * SECTOR_BYTES, o, f);
}

/* Tries the copy of the header; a volume may end behind any sector of a block. */
static int open_at_end(
	struct volume *v, struct block_reader *reader, const struct opening *o, struct fail *f)
{
	const uint64_t area_blocks = VERACRYPT_HEADER_AREA_BYTES / BLOCK_BYTES;

	if (reader->n_blocks <= 2 * area_blocks)
		return -1;
	return open_at(v, reader, reader->n_blocks - area_blocks,
		reader->n_tail_bytes / SECTOR_BYTES, o, f);
}

/* A volume whose end is missing can still be read as far as it goes. */
static int check_medium(const struct volume *v, const struct block_reader *reader,
	const char *program, const struct messages *m, struct fail *f)
{
	uint64_t medium = reader->n_blocks * BLOCK_BYTES + reader->n_tail_bytes;
	uint64_t there = medium > v->payload_offset ? medium - v->payload_offset : 0;
	char recorded[64], has[64];

	if (v->payload_bytes <= there)
		return 0;
	if (there == 0)
		return fail_set(
			f, FAIL_FAILED, "", "the medium ends before the volume's payload begins");
	message_warn(m,
		"the payload is truncated: the %s header records %s, but the medium has only %s",
		program, size_format(recorded, sizeof recorded, v->payload_bytes),
		size_format(has, sizeof has, there));
	return 0;
}

int veracrypt_open(const struct veracrypt_kind *kind, uint32_t pim, struct block_reader *reader,
	const struct credential *credential, struct volume *volume, const struct messages *m,
	struct fail *f)
{
	struct secret *password = veracrypt_key_password(kind, credential, f);
	struct opening o = { kind, password, pim };
	int result = -1;

	if (!password)
		return -1;
	if (open_at(volume, reader, 0, 0, &o, f) == 0) {
		result = 0;
	} else if (open_at_end(volume, reader, &o, NULL) == 0) {
		message_warn(m, "the header at the start is damaged; the backup header at the end "
				"was used");
		volume->is_damaged = true;
		*f = (struct fail){ 0 };
		result = 0;
	}
	secret_free(password);
	return result == 0 ? check_medium(volume, reader, kind->name, m, f) : -1;
}

static int open_veracrypt(struct block_reader *reader, const struct format_params *params,
	const struct credential *credential, struct volume *volume, const struct messages *m,
	struct fail *f)
{
	if (check_pim(NULL, params->pim, f))
		return -1;
	return veracrypt_open(&veracrypt, params->pim, reader, credential, volume, m, f);
}

static void put_key_file(struct text *to, const char *path)
{
	char *quoted = message_shell_quote(path);

	text_put(to, " --key-file %s", quoted ? quoted : "FILE");
	free(quoted);
}

bool veracrypt_commands(const struct volume *volume, const struct credential *credential,
	const char *file, const char *object, struct text *to)
{
	enum credential_kind kind = credential->kind;

	if (kind == CREDENTIAL_BYTES && !file)
		text_put(to, "xxd -r -p | ");
	/* a key file comes with an empty passphrase; one that is read keeps its own descriptor */
	if (kind == CREDENTIAL_KEY)
		text_put(to, file ? "echo | " : "(echo | ");
	text_put(to, "cryptsetup open --readonly --type tcrypt");
	/* told less, cryptsetup tries ciphers that not every kernel has */
	if (volume->format == &truecrypt_format)
		text_put(to, " --disable-veracrypt -c aes -h %s", volume->hash);
	else
		text_put(to, " --veracrypt --veracrypt-pim %u",
			volume->pim ? volume->pim : DEFAULT_PIM);
	if (kind == CREDENTIAL_BYTES)
		text_put(to, " --key-file -");
	if (kind == CREDENTIAL_KEY)
		text_put(to, " --key-file %s", file ? file : "/dev/fd/3");
	for (size_t i = 0; i < credential->n_key_files; i++)
		put_key_file(to, credential->key_files[i].path);
	text_put(to, " %s " FORMAT_MAPPING, object);
	if (kind == CREDENTIAL_KEY && !file)
		text_put(to, ") 3<&0");
	if (kind != CREDENTIAL_KEY && file)
		text_put(to, " < %s", file);
	text_put(to, "\n");
	return true;
}

const struct format veracrypt_format = {
	.name = "veracrypt",
	.summary = "a VeraCrypt volume with AES and SHA-512",
	.advice = "for readers that have VeraCrypt; Windows and macOS expect a FAT, exFAT or UDF "
		  "file system in it, not ISO 9660",
	.opens_with = "cryptsetup open --readonly --type tcrypt --veracrypt DEVICE NAME",
	.takes = TAKES_PIM | TAKES_AS_FILE | TAKES_KEY_FILES,
	.needs_size = true,
	.is_seen_as_disk = true,
	.needs_secret = true,
	.anchors = { 16, 48 },
	.sizes = { VERACRYPT_HEADER_AREA_BYTES, VERACRYPT_HEADER_AREA_BYTES },
	.create = create_veracrypt,
	.open = open_veracrypt,
	.commands = veracrypt_commands,
};
