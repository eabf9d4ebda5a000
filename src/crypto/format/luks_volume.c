/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "crypto/format/luks_volume.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/format/luks2_token.h"
#include "crypto/format/luks_costs.h"
#include "util/io.h"
#include "util/sector.h"
#include "util/size.h"

int luks_volume_choose_cipher(const struct format_params *params, unsigned default_sector_bytes,
	struct volume *volume, struct fail *f)
{
	const char *name = params->cipher ? params->cipher : "aes-xts-plain64";
	struct sector_cipher_spec spec = {
		.name = name,
		.key_bits = params->key_bits,
		.sector_bytes = params->sector_bytes ? params->sector_bytes : default_sector_bytes,
	};

	if (!spec.key_bits)
		spec.key_bits = strstr(name, "-xts-") ? 512 : 256;
	if (sector_cipher_check(&spec, f))
		return -1;
	snprintf(volume->cipher_name, sizeof volume->cipher_name, "%s", name);
	volume->key_bits = spec.key_bits;
	volume->sector_bytes = spec.sector_bytes;
	return 0;
}

const char *luks_volume_split(const char *name, char cipher[LUKS_CIPHER_MAX])
{
	size_t n = strcspn(name, "-");

	snprintf(cipher, LUKS_CIPHER_MAX, "%.*s", (int)n, name);
	return name + n + (name[n] == '-');
}

int luks_volume_check_uuid(const char *uuid, struct fail *f)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	bool fits = !uuid || strlen(uuid) == sizeof form - 1;

	for (size_t i = 0; uuid && fits && form[i]; i++)
		fits = form[i] == '-' ? uuid[i] == '-' : isxdigit((unsigned char)uuid[i]) != 0;
	if (!fits)
		return fail_set(f, FAIL_USAGE, "-uuid", "%s is not a UUID; its form is %s", uuid,
			"01234567-89ab-cdef-0123-456789abcdef");
	return 0;
}

int luks_volume_add_slots(struct luks *l, const struct credential *credentials,
	size_t n_credentials, size_t n_room, const struct crypt_pbkdf_type *costs, struct fail *f)
{
	if (n_credentials > n_room)
		return fail_set(f, FAIL_USAGE, "-add-pass-file, -add-key-file",
			"the header has room for %zu secrets with a key of %d bits, not for %zu",
			n_room, crypt_get_volume_key_size(l->cd) * 8, n_credentials);
	if (luks_costs_set(l, costs, f))
		return -1;
	for (size_t i = 0; i < n_credentials; i++) {
		const struct secret *secret = credentials[i].secret;
		int slot = (int)i;
		int r = crypt_keyslot_add_by_volume_key(l->cd, slot, NULL, 0,
			(const char *)secret_view(secret), secret_size(secret));

		if (luks_costs_lack_memory(r, costs->max_memory_kb))
			return luks_costs_fail_memory(costs->max_memory_kb, true, f);
		if (r != slot)
			return luks_fail(l, r, f, "key slot %d can't be created", slot);
		if (luks_costs_check(l, slot, costs, f))
			return -1;
	}
	return 0;
}

/* The header's bytes, as they will be written. */
static uint8_t *copy_header(struct luks *l, uint64_t *n_bytes, struct fail *f)
{
	struct stat st;
	uint8_t *bytes = NULL;

	if (fstat(l->fd, &st) == 0)
		bytes = malloc((size_t)st.st_size);
	if (!bytes || io_pread_full(l->fd, bytes, (size_t)st.st_size, 0) != (ssize_t)st.st_size) {
		fail_errno(f, FAIL_FAILED, "", "the finished LUKS header can't be copied");
		free(bytes);
		return NULL;
	}
	*n_bytes = (uint64_t)st.st_size;
	return bytes;
}

static int read_memory(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	(void)f;
	memcpy(buf, (const uint8_t *)ctx + lba * BLOCK_BYTES, (size_t)n * BLOCK_BYTES);
	return 0;
}

static void copy_text(char *out, size_t n, const char *text)
{
	snprintf(out, n, "%s", text ? text : "");
}

static void read_label(struct luks *l, char *out, size_t n)
{
#ifdef HAVE_CRYPT_GET_LABEL
	copy_text(out, n, crypt_get_label(l->cd));
#else
	/* LUKS2 1.1.2, 2.1 */
	char label[48] = "";

	if (strcmp(l->type, CRYPT_LUKS2) == 0)
		io_pread_full(l->fd, label, sizeof label - 1, 24);
	copy_text(out, n, label);
#endif
}

/* All that the header says; of slots with different costs, the dearest one's. */
static int tell(struct luks *l, struct volume *v, struct fail *f)
{
	int key_bytes = crypt_get_volume_key_size(l->cd);
	struct crypt_params_integrity integrity = { 0 };
	uint32_t requirements = 0;

	crypt_persistent_flags_get(l->cd, CRYPT_FLAGS_REQUIREMENTS, &requirements);
	if (requirements)
		return fail_set(f, FAIL_FAILED, "",
			"the LUKS header is not supported: its re-encryption is under way, or it "
			"requires an unknown feature");
	if (crypt_get_integrity_info(l->cd, &integrity) == 0 && integrity.integrity)
		return fail_set(f, FAIL_FAILED, "",
			"the payload is interleaved with checksums (dm-integrity), which is not "
			"supported");
	if (luks_costs_facts(l, v, f))
		return -1;
	if (key_bytes <= 0)
		return luks_fail(l, key_bytes ? key_bytes : -EINVAL, f,
			"the LUKS header names no volume key");
	v->key_bits = (unsigned)key_bytes * 8;
	snprintf(v->cipher_name, sizeof v->cipher_name, "%s-%s", crypt_get_cipher(l->cd),
		crypt_get_cipher_mode(l->cd));
	v->sector_bytes = (unsigned)crypt_get_sector_size(l->cd);
	v->iv_skip = crypt_get_iv_offset(l->cd);
	v->payload_offset = crypt_get_data_offset(l->cd) * SECTOR_BYTES;
	read_label(l, v->label, sizeof v->label);
	copy_text(v->uuid, sizeof v->uuid, crypt_get_uuid(l->cd));
	if (strcmp(l->type, CRYPT_LUKS2) == 0)
		luks2_token_read(l->cd, v);
	return 0;
}

/* Words for a secret that opens nothing. */
static int fail_locked(struct luks *l, const struct credential *credential, struct fail *f)
{
	if (l->n_unreadable) {
		if (l->n_unreadable == 1)
			fail_set(f, FAIL_FAILED, l->unreadable.object,
				"can't be read, and is part of the LUKS header; no key slot opens");
		else
			fail_set(f, FAIL_FAILED, l->unreadable.object,
				"can't be read, nor can %llu more blocks of the LUKS header; no "
				"key slot opens",
				(unsigned long long)l->n_unreadable - 1);
		fail_hint(f, "clean the disc, or try another drive");
		return -1;
	}
	if (credential->kind == CREDENTIAL_PASSPHRASE) {
		fail_set(f, FAIL_MISMATCH, "", "no key slot opens with this passphrase");
		fail_hint(f,
			"check the keyboard layout and Caps Lock; give a key file with -key-file");
	} else {
		fail_set(f, FAIL_MISMATCH, "", "no key slot opens with these %zu bytes",
			secret_size(credential->secret));
		fail_hint(f, "use -pass-file if the file holds a typed passphrase; here a newline "
			     "at the end counts");
	}
	return -1;
}

/* The volume key out of one slot, or of any (CRYPT_ANY_SLOT). NULL with f filled (FAIL_MISMATCH:
 * wrong key). */
static struct secret *get_key(
	struct luks *l, int slot, const struct credential *credential, struct fail *f)
{
	size_t n_bytes = (size_t)crypt_get_volume_key_size(l->cd);
	uint32_t memory_kib = luks_costs_memory(l, slot);
	struct secret *key = secret_new(n_bytes, f);
	int r;

	if (!key)
		return NULL;
	r = crypt_volume_key_get(l->cd, slot, (char *)secret_bytes(key), &n_bytes,
		(const char *)secret_view(credential->secret), secret_size(credential->secret));
	if (r >= 0 && n_bytes == secret_size(key))
		return key;
	if (r == -EPERM || r == -ENOENT)
		fail_locked(l, credential, f);
	else if (luks_costs_lack_memory(r, memory_kib))
		luks_costs_fail_memory(memory_kib, false, f);
	else
		luks_fail(l, r, f, "the LUKS header can't be unlocked");
	secret_free(key);
	return NULL;
}

static struct sector_cipher_spec cipher_of(const struct volume *v)
{
	return (struct sector_cipher_spec){
		.name = v->cipher_name,
		.key_bits = v->key_bits,
		.sector_bytes = v->sector_bytes,
		.iv_offset = v->iv_skip,
	};
}

/* Opens slots 0, 1, ... of l with the credentials, which must all give the same key; the cipher is
 * made with it. */
static int prove(struct luks *l, const struct credential *credentials, size_t n_credentials,
	struct volume *v, struct fail *f)
{
	struct sector_cipher_spec spec = cipher_of(v);
	struct secret *key = NULL, *other = NULL;
	int result = -1;

	key = get_key(l, 0, &credentials[0], f);
	if (!key)
		goto out;
	for (size_t i = 1; i < n_credentials; i++) {
		other = get_key(l, (int)i, &credentials[i], f);
		if (!other)
			goto out;
		if (!secret_equal(key, other)) {
			fail_set(f, FAIL_FAILED, "", "key slots 0 and %zu hold different keys", i);
			goto out;
		}
		secret_free(other);
		other = NULL;
	}
	result = volume_set_cipher(v, &spec, key, f);
	key = NULL;
out:
	secret_free(other);
	secret_free(key);
	return result;
}

static int name_header(struct volume *v, const char *path, struct fail *f)
{
	v->header_path = strdup(path);
	if (!v->header_path)
		return fail_memory(f);
	return 0;
}

int luks_volume_finish(struct luks *l, const char *header_path,
	const struct credential *credentials, size_t n_credentials, struct volume *volume,
	struct fail *f)
{
	struct luks again = LUKS_CLOSED;
	struct fail cause = { 0 };
	struct block_reader reader = { .read = read_memory };
	uint64_t n_bytes = 0;
	uint8_t *bytes = copy_header(l, &n_bytes, f);
	int result = -1;

	if (!bytes)
		return -1;
	reader.ctx = bytes;
	reader.n_blocks = n_bytes / BLOCK_BYTES;
	if (luks_load(&again, l->type, &reader, l->m, &cause) || tell(&again, volume, &cause) ||
		prove(&again, credentials, n_credentials, volume, &cause)) {
		fail_set(f, FAIL_FAILED, "", "the finished LUKS header does not open again: %s",
			cause.what);
		fail_hint(f, "%s", cause.code == FAIL_MISMATCH ? "" : cause.hint);
		goto out;
	}
	if (header_path) {
		if (name_header(volume, header_path, f))
			goto out;
		volume->detached_header = bytes;
		volume->detached_header_bytes = n_bytes;
	} else {
		volume->header = bytes;
		volume->header_bytes = n_bytes;
	}
	bytes = NULL;
	result = 0;
out:
	luks_close(&again);
	free(bytes);
	return result;
}

/* Says where the medium ends before what the header announces. */
static int check_length(const struct volume *v, const struct block_reader *reader, bool is_detached,
	const struct messages *m, struct fail *f)
{
	uint64_t n_bytes = reader->n_blocks * BLOCK_BYTES;
	char recorded[64], has[64];

	if (!is_detached && v->payload_offset == 0)
		return fail_set(f, FAIL_MISMATCH, "",
			"is a detached LUKS header; give the disc, and this file with -header");
	if (v->payload_offset > n_bytes)
		return fail_set(f, FAIL_MISMATCH, "",
			"is truncated: the LUKS header puts the payload at byte %llu of %llu",
			(unsigned long long)v->payload_offset, (unsigned long long)n_bytes);
	if (v->payload_bytes > n_bytes - v->payload_offset)
		message_warn(m,
			"the payload is truncated: the LUKS header records %s, but the medium has "
			"only %s",
			size_format(recorded, sizeof recorded, v->payload_bytes),
			size_format(has, sizeof has, n_bytes - v->payload_offset));
	return 0;
}

/* Before the key derivation is paid for. Sectors of 4096 bytes are read, but not made. */
static int check_cipher(const struct volume *v, struct fail *f)
{
	struct sector_cipher_spec spec = cipher_of(v);

	if (spec.sector_bytes == 2 * BLOCK_BYTES)
		spec.sector_bytes = BLOCK_BYTES;
	if (sector_cipher_check(&spec, NULL) == 0)
		return 0;
	return fail_set(f, FAIL_FAILED, "",
		"the payload is encrypted with %s, keys of %u bits and sectors of %u bytes, which "
		"is not supported",
		v->cipher_name, v->key_bits, v->sector_bytes);
}

static int unlock(struct luks *l, const struct format_params *params,
	const struct credential *credential, struct volume *v, struct fail *f)
{
	struct sector_cipher_spec spec = cipher_of(v);

	if (check_cipher(v, f))
		return -1;
	if (!params->allow_costly_kdf && luks_costs_limit(l, f))
		return -1;
	if (volume_set_cipher(v, &spec, get_key(l, CRYPT_ANY_SLOT, credential, f), f))
		return -1;
	if (l->n_unreadable)
		message_warn(l->m,
			"%s: one of %llu unreadable blocks of the LUKS header, which opened "
			"nevertheless",
			l->unreadable.object, (unsigned long long)l->n_unreadable);
	return 0;
}

int luks_volume_open(const char *type, struct block_reader *reader,
	const struct format_params *params, const struct credential *credential,
	struct volume *volume, const struct messages *m, struct fail *f)
{
	struct block_reader *header = params->header_reader ? params->header_reader : reader;
	struct luks l = LUKS_CLOSED;
	int result = -1;

	if (luks_load(&l, type, header, m, f) || tell(&l, volume, f) ||
		check_length(volume, reader, header != reader, m, f))
		goto out;
	if (credential && unlock(&l, params, credential, volume, f))
		goto out;
	if (params->header_path && name_header(volume, params->header_path, f))
		goto out;
	result = 0;
out:
	luks_close(&l);
	return result;
}

bool luks_volume_commands(const struct volume *volume, const struct credential *credential,
	const char *file, const char *object, struct text *to)
{
	char *header = volume->header_path ? message_shell_quote(volume->header_path) : NULL;
	bool is_key = credential->kind == CREDENTIAL_KEY;

	/* without a file, bytes were given as hex digits, and can be again */
	if (credential->kind == CREDENTIAL_BYTES && !file)
		text_put(to, "xxd -r -p | ");
	text_put(to, "cryptsetup open --readonly");
	if (header)
		text_put(to, " --header %s", header);
	if (credential->kind != CREDENTIAL_PASSPHRASE)
		text_put(to, " --key-file %s", is_key && file ? file : "-");
	if (credential->key_offset)
		text_put(to, " --keyfile-offset %llu", (unsigned long long)credential->key_offset);
	if (credential->key_bytes)
		text_put(to, " --keyfile-size %llu", (unsigned long long)credential->key_bytes);
	text_put(to, " %s " FORMAT_MAPPING, object);
	if (file && !is_key)
		text_put(to, " < %s", file);
	text_put(to, "\n");
	free(header);
	return true;
}
