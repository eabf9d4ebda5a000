/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/veracrypt_header.h"

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

/* What VeraCrypt makes and this program can't open. */
static int check(
	const struct veracrypt_header *h, uint64_t hidden_bytes, uint64_t flags, struct fail *f)
{
	if (flags & 1)
		return fail_set(f, FAIL_FAILED, "",
			"is an encrypted VeraCrypt system partition, which is not supported");
	if (h->sector_bytes != SECTOR_BYTES)
		return fail_set(f, FAIL_FAILED, "",
			"this VeraCrypt volume has sectors of %u bytes; only %d is supported",
			h->sector_bytes, SECTOR_BYTES);
	if (hidden_bytes)
		return fail_set(
			f, FAIL_FAILED, "", "is a hidden VeraCrypt volume, which is not supported");
	if (h->data_offset == 0 || h->data_offset % BLOCK_BYTES || h->data_bytes < BLOCK_BYTES ||
		h->data_offset > INT64_MAX || h->data_bytes > INT64_MAX - h->data_offset)
		return fail_set(f, FAIL_FAILED, "",
			"this VeraCrypt header is damaged: it puts %llu bytes of data at %llu",
			(unsigned long long)h->data_bytes, (unsigned long long)h->data_offset);
	return 0;
}

int veracrypt_header_parse(struct veracrypt_header *header,
	const uint8_t bytes[VERACRYPT_HEADER_BYTES], struct fail *f)
{
	if (memcmp(bytes + MAGIC, "VERA", 4) != 0 ||
		number_be32(bytes + KEYS_CRC) != crc(bytes + KEYS, KEYS_BYTES) ||
		number_be32(bytes + HEADER_CRC) != crc(bytes, HEADER_CRC)) {
		fail_set(f, FAIL_MISMATCH, "",
			"no VeraCrypt header opens with this secret: wrong secret or wrong format");
		fail_hint(f,
			"give the PIM with -pim if the volume has one; only AES with SHA-512 is "
			"supported");
		return -1;
	}
	*header = (struct veracrypt_header){
		.data_offset = number_be64(bytes + DATA_OFFSET),
		.data_bytes = number_be64(bytes + DATA_SIZE),
		.sector_bytes = number_be32(bytes + SECTOR_SIZE),
		.key = bytes + KEYS,
	};
	return check(header, number_be64(bytes + HIDDEN_SIZE), number_be32(bytes + FLAGS), f);
}
