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
	size_t n_summed = number_le16(bytes + SUM_BYTES);
	uint16_t crc = 0;

	if (n_summed > n - UDF_TAG_BYTES)
		return false;
	/* ITU-T V.41, as 1/7.2.6 has it */
	for (size_t i = 0; i < n_summed; i++) {
		crc = (uint16_t)(crc ^ bytes[UDF_TAG_BYTES + i] << 8);
		for (int bit = 0; bit < 8; bit++)
			crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
	}
	return crc == number_le16(bytes + SUM);
}

bool udf_tag_is_entity(const uint8_t *entity, const char *name)
{
	size_t n = strlen(name);

	return memcmp(entity + NAME, name, n) == 0 && (n == NAME_BYTES || entity[NAME + n] == 0);
}
