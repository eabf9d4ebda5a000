/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/format_row.h"

#include <string.h>

#include "crypto/format/luks.h"
#include "crypto/format/luks_costs.h"
#include "crypto/format/luks_volume.h"
#include "util/sector.h"

enum {
	/* eight slots of 512-bit keys end at sector 4040; cryptsetup's own offset */
	HEADER_BYTES = 2 * 1024 * 1024,
	N_SLOTS = 8,
};

/* Layout and cipher into an empty header; data is where the payload stands, NULL: behind it. */
static int format_header(struct luks *l, const struct format_params *params,
	const struct crypt_pbkdf_type *costs, const char *data, const struct volume *v,
	struct fail *f)
{
	struct crypt_params_luks1 luks1 = { .hash = costs->hash, .data_device = data };
	char cipher[LUKS_CIPHER_MAX];
	const char *mode = luks_volume_split(v->cipher_name, cipher);
	int r;

	/* before crypt_format, which would run a benchmark for costs of its own */
	if (luks_costs_set(l, costs, f))
		return -1;
	l->is_silent = true;
	r = crypt_set_data_offset(l->cd, data ? 0 : HEADER_BYTES / SECTOR_BYTES);
	if (r == 0)
		r = crypt_format(l->cd, CRYPT_LUKS1, cipher, mode, params->uuid, NULL,
			v->key_bits / 8, &luks1);
	l->is_silent = false;
	if (r < 0)
		return luks_fail(l, r, f, "the LUKS1 header can't be created");
	return 0;
}

static int choose_costs(
	const struct format_params *params, struct crypt_pbkdf_type *costs, struct fail *f)
{
	if (params->pbkdf && strcmp(params->pbkdf, CRYPT_KDF_PBKDF2) != 0) {
		fail_set(f, FAIL_USAGE, "-pbkdf", "the format luks1 supports only pbkdf2, not %s",
			params->pbkdf);
		fail_hint(f, "use -format luks2 for Argon2id");
		return -1;
	}
	return luks_costs_choose(params, CRYPT_KDF_PBKDF2, costs, f);
}

static int create_luks1(const struct format_params *params, const struct credential *credentials,
	size_t n_credentials, uint64_t payload_bytes, struct volume *volume,
	const struct messages *m, struct fail *f)
{
	struct luks l = LUKS_CLOSED, data = LUKS_CLOSED;
	bool is_detached = params->header_path != NULL;
	struct crypt_pbkdf_type costs;
	int result = -1;

	if (luks_volume_choose_cipher(params, SECTOR_BYTES, volume, f) ||
		luks_volume_check_uuid(params->uuid, f) || choose_costs(params, &costs, f))
		return -1;
	if (luks_open(&l, CRYPT_LUKS1, HEADER_BYTES, m, f))
		goto out;
	/* stands in for the disc, which libcryptsetup only looks at */
	if (is_detached && luks_open(&data, CRYPT_LUKS1, HEADER_BYTES, m, f))
		goto out;
	if (format_header(&l, params, &costs, is_detached ? data.path : NULL, volume, f) ||
		luks_volume_add_slots(&l, credentials, n_credentials, N_SLOTS, &costs, f))
		goto out;
	if (luks_volume_finish(&l, params->header_path, credentials, n_credentials, volume, f))
		goto out;
	/* known now, though the header has no place for it */
	volume->payload_bytes = payload_bytes;
	result = 0;
out:
	luks_close(&data);
	luks_close(&l);
	return result;
}

static int open_luks1(struct block_reader *reader, const struct format_params *params,
	const struct credential *credential, struct volume *volume, const struct messages *m,
	struct fail *f)
{
	return luks_volume_open(CRYPT_LUKS1, reader, params, credential, volume, m, f);
}

static bool is_luks1(struct block_reader *reader)
{
	return luks_is_at(CRYPT_LUKS1, reader);
}

const struct format luks1_format = {
	.name = "luks1",
	.summary = "a LUKS1 volume: salted, PBKDF2, up to eight passphrases",
	.advice = "for readers without LUKS2, such as qemu, GRUB and old systems",
	.opens_with = "cryptsetup open --readonly DEVICE NAME",
	.takes = TAKES_CIPHER | TAKES_KEY_SIZE | TAKES_PBKDF | TAKES_KEY_PART | TAKES_UUID |
		 TAKES_MORE_SECRETS | TAKES_HEADER,
	.needs_secret = true,
	.is_inspectable = true,
	.anchors = { 1016 },
	.header_is_copied = true,
	.sizes = { .header_bytes = HEADER_BYTES },
	.create = create_luks1,
	.open = open_luks1,
	.recognise = is_luks1,
	.commands = luks_volume_commands,
};
