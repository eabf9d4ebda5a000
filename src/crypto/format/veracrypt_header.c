/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/veracrypt_header.h"

#include <stdbool.h>
#include <string.h>

#include "crypto/crc32.h"
#include "util/number.h"
#include "util/sector.h"

/* Offsets of the fields */
enum {
	MAGIC = 0,
	VERSION = 4,
	MIN_PROGRAM = 6,
	KEYS_CRC = 8,
	HIDDEN_SIZE = 28,
	VOLUME_SIZE = 36,
	DATA_OFFSET = 44,
	DATA_SIZE = 52,
	FLAGS = 60,
	SECTOR_SIZE = 64,
	HEADER_CRC = 188,
	KEYS = 192,
	KEYS_BYTES = 256,
};

/* Versions of the header */
enum { VERSION_3 = 3, VERSION_WITH_SECTORS = 5 };

static uint32_t crc(const uint8_t *bytes, size_t n_bytes)
{
	return ~crc32_update(CRC32_START, bytes, n_bytes);
}

void veracrypt_header_build(uint8_t out[VERACRYPT_HEADER_BYTES], uint64_t data_bytes,
	const uint8_t key[VERACRYPT_HEADER_KEY_BYTES])
{
	memset(out, 0, VERACRYPT_HEADER_BYTES);
	memcpy(out + MAGIC, "VERA", 4);
	number_put_be16(out + VERSION, 5);
	number_put_be16(out + MIN_PROGRAM, 0x010b);
	number_put_be64(out + VOLUME_SIZE, data_bytes);
	number_put_be64(out + DATA_OFFSET, VERACRYPT_HEADER_AREA_BYTES);
	number_put_be64(out + DATA_SIZE, data_bytes);
	number_put_be32(out + SECTOR_SIZE, SECTOR_BYTES);
	memcpy(out + KEYS, key, VERACRYPT_HEADER_KEY_BYTES);
	number_put_be32(out + KEYS_CRC, crc(out + KEYS, KEYS_BYTES));
	number_put_be32(out + HEADER_CRC, crc(out, HEADER_CRC));
}

/* What the programs make and this one can't open. */
static int check(const struct veracrypt_header *h, const char *program, uint64_t hidden_bytes,
	uint64_t flags, struct fail *f)
{
	if (flags & 1)
		return fail_set(f, FAIL_FAILED, "",
			"is an encrypted %s system partition, which is not supported", program);
	if (h->sector_bytes != SECTOR_BYTES)
		return fail_set(f, FAIL_FAILED, "",
			"this %s volume has sectors of %u bytes; only %d is supported", program,
			h->sector_bytes, SECTOR_BYTES);
	if (hidden_bytes)
		return fail_set(f, FAIL_FAILED, "", "is a hidden %s volume, which is not supported",
			program);
	if (h->data_offset == 0 || h->data_offset % SECTOR_BYTES || h->data_bytes < BLOCK_BYTES ||
		h->data_offset > INT64_MAX || h->data_bytes > INT64_MAX - h->data_offset)
		return fail_set(f, FAIL_FAILED, "",
			"this %s header is damaged: it puts %llu bytes of data at %llu", program,
			(unsigned long long)h->data_bytes, (unsigned long long)h->data_offset);
	return 0;
}

/* Version 3, of TrueCrypt 5, has no checksum of its own. */
static bool is_intact(
	const struct veracrypt_kind *kind, const uint8_t bytes[VERACRYPT_HEADER_BYTES])
{
	return memcmp(bytes + MAGIC, kind->magic, 4) == 0 &&
	       number_be32(bytes + KEYS_CRC) == crc(bytes + KEYS, KEYS_BYTES) &&
	       ((kind->has_version_3 && number_be16(bytes + VERSION) == VERSION_3) ||
		       number_be32(bytes + HEADER_CRC) == crc(bytes, HEADER_CRC));
}

int veracrypt_header_parse(struct veracrypt_header *header, const struct veracrypt_kind *kind,
	const uint8_t bytes[VERACRYPT_HEADER_BYTES], struct fail *f)
{
	if (!is_intact(kind, bytes)) {
		fail_set(f, FAIL_MISMATCH, "",
			"no %s header opens with this secret: wrong secret or wrong format",
			kind->name);
		fail_hint(f, "%s", kind->hint);
		return -1;
	}
	*header = (struct veracrypt_header){
		.data_offset = number_be64(bytes + DATA_OFFSET),
		.data_bytes = number_be64(bytes + DATA_SIZE),
		.sector_bytes = SECTOR_BYTES,
		.key = bytes + KEYS,
	};
	if (number_be16(bytes + VERSION) >= VERSION_WITH_SECTORS)
		header->sector_bytes = number_be32(bytes + SECTOR_SIZE);
	/* its data comes right behind salt and header, and no field says so */
	if (number_be16(bytes + VERSION) == VERSION_3)
		header->data_offset = SECTOR_BYTES;
	return check(header, kind->name, number_be64(bytes + HIDDEN_SIZE),
		number_be32(bytes + FLAGS), f);
}
