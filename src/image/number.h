/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as ECMA-119 records them (7.2, 7.3). Any alignment. */
#ifndef IMAGE_NUMBER_H
#define IMAGE_NUMBER_H

#include <stdint.h>

static inline uint32_t number_le16(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t number_le32(const uint8_t *p)
{
	return number_le16(p) | number_le16(p + 2) << 16;
}

static inline uint32_t number_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

#endif
