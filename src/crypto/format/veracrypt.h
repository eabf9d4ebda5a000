/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the formats of VeraCrypt and TrueCrypt share. Private to src/crypto. */
#ifndef CRYPTO_FORMAT_VERACRYPT_H
#define CRYPTO_FORMAT_VERACRYPT_H

#include "crypto/format/format_row.h"
#include "crypto/format/veracrypt_kind.h"

/* Opens a volume of this kind by one of its headers, as format's open does. */
int veracrypt_open(const struct veracrypt_kind *kind, uint32_t pim, struct block_reader *reader,
	const struct credential *credential, struct volume *volume, const struct messages *m,
	struct fail *f);

/* As format's commands does. */
bool veracrypt_commands(const struct volume *volume, const struct credential *credential,
	const char *file, const char *object, struct text *to);

#endif
