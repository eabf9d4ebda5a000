/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/luks2_copies.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "util/sector.h"

/* Offsets in the binary header, and what may stand there. */
enum {
	AT_VERSION = 6,
	AT_SIZE = 8,
	AT_ALGORITHM = 72,
	AT_CHECKSUM = 448,
	CHECKSUM_BYTES = 64,
	SHA256_BYTES = 32,
	SIZE_LEAST = 16 * 1024,
	SIZE_MOST = 4 * 1024 * 1024,
};

static uint64_t get_be(const uint8_t *bytes, int n)
{
	uint64_t value = 0;

	for (int i = 0; i < n; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* The size of the copy with this magic at byte at, JSON included; 0 where there is none. */
static uint64_t find_size(struct block_reader *r, uint64_t at, const char magic[7])
{
	uint8_t block[BLOCK_BYTES];
	struct fail unread = { 0 };
	uint64_t size;

	if (block_reader_read(r, at / BLOCK_BYTES, 1, block, &unread) ||
		memcmp(block, magic, 6) != 0 || get_be(block + AT_VERSION, 2) != 2)
		return 0;
	size = get_be(block + AT_SIZE, 8);
	return size >= SIZE_LEAST && size <= SIZE_MOST && size % BLOCK_BYTES == 0 ? size : 0;
}

static bool has_right_sum(uint8_t *bytes, uint64_t size)
{
	uint8_t wanted[CHECKSUM_BYTES], found[EVP_MAX_MD_SIZE];

	if (strncmp((const char *)bytes + AT_ALGORITHM, "sha256", 32) != 0)
		return true;
	memcpy(wanted, bytes + AT_CHECKSUM, sizeof wanted);
	memset(bytes + AT_CHECKSUM, 0, sizeof wanted);
	return EVP_Digest(bytes, size, found, NULL, EVP_sha256(), NULL) != 1 ||
	       memcmp(found, wanted, SHA256_BYTES) == 0;
}

static bool is_whole(struct block_reader *r, uint64_t at, uint64_t size)
{
	uint8_t *bytes = malloc(size);
	struct fail unread = { 0 };
	bool whole = true;

	if (bytes)
		whole = block_reader_read(r, at / BLOCK_BYTES, (uint32_t)(size / BLOCK_BYTES),
				bytes, &unread) == 0 &&
			has_right_sum(bytes, size);
	free(bytes);
	return whole;
}

bool luks2_copies_are_whole(struct block_reader *reader)
{
	uint64_t size = find_size(reader, 0, "LUKS\xba\xbe"), second;

	if (size == 0 || !is_whole(reader, 0, size))
		return false;
	/* the second one follows at once */
	second = find_size(reader, size, "SKUL\xba\xbe");
	return second && is_whole(reader, size, second);
}
