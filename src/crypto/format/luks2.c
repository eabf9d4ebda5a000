/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/format_row.h"

#include <stdio.h>
#include <string.h>

#include "crypto/format/luks.h"
#include "crypto/format/luks2_copies.h"
#include "crypto/format/luks2_token.h"
#include "crypto/format/luks_costs.h"
#include "crypto/format/luks_volume.h"
#include "util/sector.h"

enum {
	HEADER_BYTES = 1024 * 1024,
	METADATA_BYTES = 16 * 1024, /* twice */
	SLOT_AREA_BYTES = HEADER_BYTES - 2 * METADATA_BYTES,
	/* three slots of a key of 512 bits; anchors of healing data stand behind them */
	HEALING_SLOT_AREA_BYTES = 774144,
	STRIPES = 4000, /* of the anti-forensic split, LUKS1 1.2.3, 2.4 */
	LABEL_MAX = 47, /* LUKS2 1.1.2, 2.1, with a NUL */
};

/* The label is copied by libcryptsetup into a field of fixed size, cut without a word. */
static int check_label(const char *label, struct fail *f)
{
	if (label && strlen(label) > LABEL_MAX)
		return fail_set(f, FAIL_USAGE, "-label",
			"has %zu bytes; a LUKS2 header has room for %d", strlen(label),
			(int)LABEL_MAX);
	for (const char *s = label; s && *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return fail_set(f, FAIL_USAGE, "-label", "contains a control character");
	return 0;
}

static uint64_t slot_area_bytes(const struct format_params *params)
{
	return params->heals ? HEALING_SLOT_AREA_BYTES : SLOT_AREA_BYTES;
}

/* Layout and cipher into an empty header; data is where the payload stands, NULL: behind it. */
static int format_header(struct luks *l, const struct format_params *params,
	const struct crypt_pbkdf_type *costs, const char *data, const struct volume *v,
	struct fail *f)
{
	struct crypt_params_luks2 luks2 = {
		.pbkdf = costs,
		.label = params->label,
		.sector_size = v->sector_bytes,
		.data_device = data,
	};
	char cipher[LUKS_CIPHER_MAX];
	const char *mode = luks_volume_split(v->cipher_name, cipher);
	int r;

	/* it warns of what is chosen here (few key slots, no payload yet), in the locale's words */
	l->is_silent = true;
	r = crypt_set_metadata_size(l->cd, METADATA_BYTES, slot_area_bytes(params));
	if (r == 0)
		r = crypt_set_data_offset(l->cd, data ? 0 : HEADER_BYTES / SECTOR_BYTES);
	if (r == 0)
		r = crypt_format(l->cd, CRYPT_LUKS2, cipher, mode, params->uuid, NULL,
			v->key_bits / 8, &luks2);
	/* one that OpenSSL has everywhere, so that no slot needs the kernel's help */
	if (r == 0)
		r = crypt_keyslot_set_encryption(l->cd, "aes-xts-plain64", 64);
	l->is_silent = false;
	if (r < 0)
		return luks_fail(l, r, f, "the LUKS2 header can't be created");
	return 0;
}

static int add_token(struct luks *l, const struct volume *v, struct fail *f)
{
	char json[1024];
	int r = luks2_token_write(json, sizeof json, v);

	if (r == 0)
		r = crypt_token_json_set(l->cd, CRYPT_ANY_TOKEN, json);
	if (r < 0)
		return luks_fail(
			l, r, f, "the length of the payload can't be stored in the header");
	return 0;
}

/* How many key slots fit: each takes the split key, in whole pages. */
static size_t count_room(const struct format_params *params, unsigned key_bits)
{
	size_t area = (size_t)key_bits / 8 * STRIPES;

	area = (area + 4095) / 4096 * 4096;
	return slot_area_bytes(params) / area;
}

static int create_luks2(const struct format_params *params, const struct credential *credentials,
	size_t n_credentials, uint64_t payload_bytes, struct volume *volume,
	const struct messages *m, struct fail *f)
{
	struct luks l = LUKS_CLOSED, data = LUKS_CLOSED;
	bool is_detached = params->header_path != NULL;
	struct crypt_pbkdf_type costs;
	int result = -1;

	if (luks_volume_choose_cipher(params, BLOCK_BYTES, volume, f) ||
		check_label(params->label, f) || luks_volume_check_uuid(params->uuid, f) ||
		luks_costs_choose(params, CRYPT_KDF_ARGON2ID, &costs, f))
		return -1;
	volume->payload_bytes = params->grows ? 0 : payload_bytes;
	volume->payload_offset = is_detached ? 0 : HEADER_BYTES;
	if (luks_open(&l, CRYPT_LUKS2, HEADER_BYTES, m, f))
		goto out;
	/* stands in for the disc, which libcryptsetup only looks at */
	if (is_detached && luks_open(&data, CRYPT_LUKS2, HEADER_BYTES, m, f))
		goto out;
	if (format_header(&l, params, &costs, is_detached ? data.path : NULL, volume, f) ||
		luks_volume_add_slots(&l, credentials, n_credentials,
			count_room(params, volume->key_bits), &costs, f) ||
		add_token(&l, volume, f))
		goto out;
	result = luks_volume_finish(&l, params->header_path, credentials, n_credentials, volume, f);
out:
	luks_close(&data);
	luks_close(&l);
	return result;
}

static int open_luks2(struct block_reader *reader, const struct format_params *params,
	const struct credential *credential, struct volume *volume, const struct messages *m,
	struct fail *f)
{
	if (luks_volume_open(CRYPT_LUKS2, reader, params, credential, volume, m, f))
		return -1;
	volume->is_damaged =
		luks2_copies_check(params->header_reader ? params->header_reader : reader, m);
	return 0;
}

static bool is_luks2(struct block_reader *reader)
{
	return luks_is_at(CRYPT_LUKS2, reader);
}

static const char *const aliases[] = { "luks", NULL };

const struct format luks2_format = {
	.name = "luks2",
	.aliases = aliases,
	.summary = "a LUKS2 volume: salted, costly key derivation, several passphrases",
	.advice = "the right choice unless a program without LUKS2 must open the disc; Linux "
		  "desktops ask for the passphrase by themselves",
	.opens_with = "cryptsetup open --readonly DEVICE NAME",
	.takes = TAKES_CIPHER | TAKES_KEY_SIZE | TAKES_SECTOR_SIZE | TAKES_PBKDF | TAKES_KEY_PART |
		 TAKES_LABEL | TAKES_UUID | TAKES_MORE_SECRETS | TAKES_HEADER | TAKES_AS_FILE,
	.needs_secret = true,
	.is_inspectable = true,
	.anchors = { 448, 480 },
	.header_is_copied = true,
	.sizes = { .header_bytes = HEADER_BYTES },
	.create = create_luks2,
	.open = open_luks2,
	.recognise = is_luks2,
	.commands = luks_volume_commands,
};
