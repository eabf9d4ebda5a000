/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CRC-32 as used by Ethernet and ZIP (ISO 3309, reflected, polynomial 0x04c11db7). Private to
 * src/crypto. */
#ifndef CRYPTO_CRC32_H
#define CRYPTO_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* The register before the first byte; the checksum is the register's complement. */
#define CRC32_START 0xffffffffu

/* The register after n more bytes. */
uint32_t crc32_update(uint32_t reg, const uint8_t *bytes, size_t n_bytes);

#endif
