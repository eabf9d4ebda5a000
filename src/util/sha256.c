/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/sha256.h"

#include <sodium.h>

void sha256_of(const void *bytes, size_t n_bytes, uint8_t digest[SHA256_BYTES])
{
	crypto_hash_sha256(digest, bytes, n_bytes);
}
