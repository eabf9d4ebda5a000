/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How sectors are encrypted, in dm-crypt's terms. */
#ifndef CRYPTO_SECTOR_CIPHER_SPEC_H
#define CRYPTO_SECTOR_CIPHER_SPEC_H

#include <stdbool.h>
#include <stdint.h>

struct sector_cipher_spec {
	const char *name;      /* dm-crypt's form, such as "aes-xts-plain64" */
	unsigned key_bits;     /* XTS: both halves together */
	unsigned sector_bytes; /* encryption sector: 512, 1024, 2048; 4096 for reading only */
	bool large_ivs;
	uint64_t iv_offset; /* in units of 512 bytes (cryptsetup's --skip) */
};

#endif
