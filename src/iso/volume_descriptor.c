/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/volume_descriptor.h"

#include <string.h>

/* ECMA-119, 8.4: offsets in a primary volume descriptor */
enum { TYPE = 0, IDENTIFIER = 1, SPACE_SIZE = 80, BLOCK_SIZE = 128 };
enum { TYPE_PRIMARY = 1 };

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t le16(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static bool is_identified(const uint8_t *block, const char *identifier)
{
	return memcmp(block + IDENTIFIER, identifier, 5) == 0;
}

/* The announced size; 0 where the numbers make no sense. */
static uint64_t announced_bytes(const uint8_t *block)
{
	uint32_t block_size = le16(block + BLOCK_SIZE);

	if (block_size != 512 && block_size != 1024 && block_size != 2048)
		return 0;
	return (uint64_t)le32(block + SPACE_SIZE) * block_size;
}

struct volume_descriptor volume_descriptor_parse(const uint8_t *bytes, size_t n)
{
	struct volume_descriptor v = { .is_iso9660 = false };
	bool has_extended_area = false;

	for (; n >= BLOCK_BYTES; bytes += BLOCK_BYTES, n -= BLOCK_BYTES) {
		if (is_identified(bytes, "CD001") && bytes[TYPE] == TYPE_PRIMARY && !v.is_iso9660) {
			v.is_iso9660 = true;
			v.iso_bytes = announced_bytes(bytes);
		}
		if (is_identified(bytes, "BEA01"))
			has_extended_area = true;
		if (has_extended_area &&
			(is_identified(bytes, "NSR02") || is_identified(bytes, "NSR03")))
			v.is_udf = true;
	}
	return v;
}
