/* SPDX-License-Identifier: GPL-3.0-or-later */
/* VeraCrypt and TrueCrypt, whose volumes differ in the header's first word and in the derivation of
 * its key (VeraCrypt: src/Volume/Pkcs5Kdf.cpp; TrueCrypt 7.1a: Volume/Pkcs5Kdf.h). Private to
 * src/crypto. */
#ifndef CRYPTO_FORMAT_VERACRYPT_KIND_H
#define CRYPTO_FORMAT_VERACRYPT_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a header's key may be derived with; the header does not say. */
struct veracrypt_hash {
	const char *name, *openssl_name; /* ends a list: NULL */
	uint32_t rounds;                 /* of PBKDF2; 0: as the PIM says */
};

struct veracrypt_kind {
	const char *name;      /* the program's */
	const char *magic;     /* four characters */
	size_t passphrase_max; /* bytes */
	const struct veracrypt_hash *hashes;
	bool has_version_3; /* headers without a checksum, right before the data */
	const char *hint;   /* where no header opens */
};

#endif
