/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/udf_tag.h"

#include <string.h>

#include "util/number.h"

/* Offsets in a tag and in an entity identifier. */
enum { ID = 0, VERSION = 2, CHECKSUM = 4, SUM = 8, SUM_BYTES = 10, LOCATION = 12, NAME = 1 };
enum { NAME_BYTES = 23 };

int udf_tag_id(const uint8_t *bytes, size_t n)
{
	uint8_t sum = 0;

	if (n < UDF_TAG_BYTES)
		return -1;
	for (size_t i = 0; i < UDF_TAG_BYTES; i++)
		sum = (uint8_t)(sum + (i == CHECKSUM ? 0 : bytes[i]));
	if (sum != bytes[CHECKSUM] || number_le16(bytes + VERSION) < 2 ||
		number_le16(bytes + VERSION) > 3)
		return -1;
	return number_le16(bytes + ID);
}

uint32_t udf_tag_location(const uint8_t *bytes)
{
	return number_le32(bytes + LOCATION);
}

bool udf_tag_has_right_sum(const uint8_t *bytes, size_t n)
{
	/* ITU-T V.41, as 1/7.2.6 has it, four bits at a time */
	static const uint16_t steps[16] = { 0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6,
		0x70e7, 0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef };
	size_t n_summed = number_le16(bytes + SUM_BYTES);
	uint16_t crc = 0;

	if (n_summed > n - UDF_TAG_BYTES)
		return false;
	for (size_t i = 0; i < n_summed; i++) {
		uint8_t byte = bytes[UDF_TAG_BYTES + i];

		crc = (uint16_t)(crc << 4 ^ steps[crc >> 12 ^ byte >> 4]);
		crc = (uint16_t)(crc << 4 ^ steps[crc >> 12 ^ (byte & 15)]);
	}
	return crc == number_le16(bytes + SUM);
}

bool udf_tag_is_entity(const uint8_t *entity, const char *name)
{
	size_t n = strlen(name);

	return memcmp(entity + NAME, name, n) == 0 && (n == NAME_BYTES || entity[NAME + n] == 0);
}
