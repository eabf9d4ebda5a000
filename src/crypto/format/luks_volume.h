/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a LUKS header to a volume, when made and when found: what LUKS1 and LUKS2 share.
 *
 * A volume is made in this order: luks_open, crypt_format, luks_volume_add_slots, what the format
 * adds, luks_volume_finish. Main thread only; fails as struct format says.
 */
#ifndef CRYPTO_FORMAT_LUKS_VOLUME_H
#define CRYPTO_FORMAT_LUKS_VOLUME_H

#include "crypto/format/luks.h"

/* Longer than the name of any block cipher. */
enum { LUKS_CIPHER_MAX = 32 };

/* Cipher, key size and sector size, asked for or by default, as facts of volume. FAIL_USAGE for
 * what does not fit together. */
int luks_volume_choose_cipher(const struct format_params *params, unsigned default_sector_bytes,
	struct volume *volume, struct fail *f);

/* Splits "aes-xts-plain64" as libcryptsetup takes it: "aes" into cipher; returns "xts-plain64". */
const char *luks_volume_split(const char *name, char cipher[LUKS_CIPHER_MAX]);

/* One key slot for each credential, from slot 0 on, with the costs read back from the header.
 * FAIL_USAGE where there are more than the n_room that the header holds. */
int luks_volume_add_slots(struct luks *l, const struct credential *credentials,
	size_t n_credentials, size_t n_room, const struct crypt_pbkdf_type *costs, struct fail *f);

/* Takes the header's bytes out of l (header_path: as a detached one), opens them again with each
 * of the credentials, and makes the cipher with the key that comes out. */
int luks_volume_finish(struct luks *l, const char *header_path,
	const struct credential *credentials, size_t n_credentials, struct volume *volume,
	struct fail *f);

/* open of struct format. */
int luks_volume_open(const char *type, struct block_reader *reader,
	const struct format_params *params, const struct credential *credential,
	struct volume *volume, const struct messages *m, struct fail *f);

/* commands of struct format. */
bool luks_volume_commands(const struct volume *volume, const struct credential *credential,
	const char *file, const char *object, struct text *to);

/* Checks that uuid is one as libcryptsetup takes it; FAIL_USAGE if not. NULL passes. */
int luks_volume_check_uuid(const char *uuid, struct fail *f);

#endif
