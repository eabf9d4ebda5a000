/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/veracrypt_header.h"

#include <string.h>

#include "crypto/crc32.h"
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

static void put(uint8_t *to, uint64_t n, int n_bytes)
{
	for (int i = 0; i < n_bytes; i++)
		to[i] = (uint8_t)(n >> 8 * (n_bytes - 1 - i));
}

static uint64_t get(const uint8_t *from, int n_bytes)
{
	uint64_t n = 0;

	for (int i = 0; i < n_bytes; i++)
		n = n << 8 | from[i];
	return n;
}

static uint32_t crc(const uint8_t *bytes, size_t n_bytes)
{
	return ~crc32_update(CRC32_START, bytes, n_bytes);
}

void veracrypt_header_build(uint8_t out[VERACRYPT_HEADER_BYTES], uint64_t data_bytes,
	const uint8_t key[VERACRYPT_HEADER_KEY_BYTES])
{
	memset(out, 0, VERACRYPT_HEADER_BYTES);
	memcpy(out + MAGIC, "VERA", 4);
	put(out + VERSION, 5, 2);
	put(out + MIN_PROGRAM, 0x010b, 2);
	put(out + VOLUME_SIZE, data_bytes, 8);
	put(out + DATA_OFFSET, VERACRYPT_HEADER_AREA_BYTES, 8);
	put(out + DATA_SIZE, data_bytes, 8);
	put(out + SECTOR_SIZE, SECTOR_BYTES, 4);
	memcpy(out + KEYS, key, VERACRYPT_HEADER_KEY_BYTES);
	put(out + KEYS_CRC, crc(out + KEYS, KEYS_BYTES), 4);
	put(out + HEADER_CRC, crc(out, HEADER_CRC), 4);
}

/* What VeraCrypt makes and this program can't open. */
static int check(
	const struct veracrypt_header *h, uint64_t hidden_bytes, uint64_t flags, struct fail *f)
{
	if (flags & 1)
		return fail_set(
			f, FAIL_FAILED, "", "is an encrypted system partition of VeraCrypt");
	if (h->sector_bytes != SECTOR_BYTES)
		return fail_set(f, FAIL_FAILED, "",
			"this VeraCrypt volume has sectors of %u bytes, and only %d can be read",
			h->sector_bytes, SECTOR_BYTES);
	if (hidden_bytes)
		return fail_set(f, FAIL_FAILED, "", "is a hidden volume of VeraCrypt");
	if (h->data_offset == 0 || h->data_offset % BLOCK_BYTES || h->data_bytes < BLOCK_BYTES ||
		h->data_offset > INT64_MAX || h->data_bytes > INT64_MAX - h->data_offset)
		return fail_set(f, FAIL_FAILED, "",
			"this VeraCrypt header's data can't be: %llu bytes at %llu",
			(unsigned long long)h->data_bytes, (unsigned long long)h->data_offset);
	return 0;
}

int veracrypt_header_parse(struct veracrypt_header *header,
	const uint8_t bytes[VERACRYPT_HEADER_BYTES], struct fail *f)
{
	if (memcmp(bytes + MAGIC, "VERA", 4) != 0 ||
		get(bytes + KEYS_CRC, 4) != crc(bytes + KEYS, KEYS_BYTES) ||
		get(bytes + HEADER_CRC, 4) != crc(bytes, HEADER_CRC)) {
		fail_set(f, FAIL_MISMATCH, "",
			"no VeraCrypt header comes out with this passphrase: it is wrong, or the "
			"format is");
		fail_hint(f, "a PIM has to be given with -pim; other ciphers than AES, and other "
			     "hashes than SHA-512, are not known here");
		return -1;
	}
	*header = (struct veracrypt_header){
		.data_offset = get(bytes + DATA_OFFSET, 8),
		.data_bytes = get(bytes + DATA_SIZE, 8),
		.sector_bytes = (uint32_t)get(bytes + SECTOR_SIZE, 4),
		.key = bytes + KEYS,
	};
	return check(header, get(bytes + HIDDEN_SIZE, 8), get(bytes + FLAGS, 4), f);
}
