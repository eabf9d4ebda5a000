/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 (FIPS 180-4) of bytes in memory, for rooms that do not know OpenSSL. */
#ifndef UTIL_SHA256_H
#define UTIL_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32 };

void sha256_of(const void *bytes, size_t n_bytes, uint8_t digest[SHA256_BYTES]);

#endif
