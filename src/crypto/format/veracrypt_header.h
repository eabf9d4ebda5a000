/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header of a VeraCrypt or TrueCrypt volume after decryption (VeraCrypt documentation,
 * "VeraCrypt Volume Format Specification"): 448 bytes, big endian. Private to src/crypto.
 *
 * The bytes hold the volume's key: they belong in a struct secret.
 */
#ifndef CRYPTO_FORMAT_VERACRYPT_HEADER_H
#define CRYPTO_FORMAT_VERACRYPT_HEADER_H

#include <stdint.h>

#include "crypto/format/veracrypt_kind.h"
#include "util/fail.h"

enum {
	VERACRYPT_HEADER_BYTES = 448,
	VERACRYPT_HEADER_KEY_BYTES = 64,      /* AES-256-XTS: data key, then tweak key */
	VERACRYPT_HEADER_AREA_BYTES = 131072, /* before the data; after it for the backup */
};

struct veracrypt_header {
	uint64_t data_offset; /* bytes, from the volume's start */
	uint64_t data_bytes;
	uint32_t sector_bytes;
	const uint8_t *key; /* borrowed from the header's bytes */
};

/* The header of a volume with data_bytes of data. */
void veracrypt_header_build(uint8_t out[VERACRYPT_HEADER_BYTES], uint64_t data_bytes,
	const uint8_t key[VERACRYPT_HEADER_KEY_BYTES]);

/* Reads a header of this kind, whoever wrote it. 0, or -1 with f filled: FAIL_MISMATCH if these
 * bytes are not a header (the usual sign of a wrong passphrase), FAIL_FAILED if its kind can't be
 * opened. */
int veracrypt_header_parse(struct veracrypt_header *header, const struct veracrypt_kind *kind,
	const uint8_t bytes[VERACRYPT_HEADER_BYTES], struct fail *f);

#endif
