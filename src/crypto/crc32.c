/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/crc32.h"

/* Bit by bit: what is summed up here has a few hundred bytes, or a megabyte once. */
uint32_t crc32_update(uint32_t reg, const uint8_t *bytes, size_t n_bytes)
{
	for (size_t i = 0; i < n_bytes; i++) {
		reg ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			reg = reg >> 1 ^ (reg & 1 ? 0xedb88320u : 0);
	}
	return reg;
}
