/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/luks2_copies.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "util/number.h"
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

static bool has_right_sum(uint8_t *bytes, uint64_t size)
{
	uint8_t wanted[CHECKSUM_BYTES], found[EVP_MAX_MD_SIZE];

	/* another checksum: libcryptsetup knows better */
	if (strncmp((const char *)bytes + AT_ALGORITHM, "sha256", 32) != 0)
		return true;
	memcpy(wanted, bytes + AT_CHECKSUM, sizeof wanted);
	memset(bytes + AT_CHECKSUM, 0, sizeof wanted);
	return EVP_Digest(bytes, size, found, NULL, EVP_sha256(), NULL) != 1 ||
	       memcmp(found, wanted, SHA256_BYTES) == 0;
}

/* True where a copy with this magic stands at byte at, as it was written; *size is how long it is,
 * JSON included. True, and 0, where it can't be read. */
static bool is_whole(struct block_reader *r, uint64_t at, const char magic[7], uint64_t *size)
{
	uint8_t block[BLOCK_BYTES], *bytes;
	uint32_t n_blocks;
	bool whole;

	*size = 0;
	if (block_reader_read(r, at / BLOCK_BYTES, 1, block, NULL))
		return true;
	if (memcmp(block, magic, 6) != 0 || number_be16(block + AT_VERSION) != 2)
		return false;
	*size = number_be64(block + AT_SIZE);
	if (*size < SIZE_LEAST || *size > SIZE_MOST || *size % BLOCK_BYTES)
		return false;
	n_blocks = (uint32_t)(*size / BLOCK_BYTES);
	bytes = malloc(*size);
	whole = !bytes || block_reader_read(r, at / BLOCK_BYTES, n_blocks, bytes, NULL) ||
		has_right_sum(bytes, *size);
	free(bytes);
	return whole;
}

int luks2_copies_check(struct block_reader *reader, const struct messages *m)
{
	uint64_t size, second;

	/* the second one follows at once */
	if (is_whole(reader, 0, "LUKS\xba\xbe", &size) &&
		(size == 0 || is_whole(reader, size, "SKUL\xba\xbe", &second)))
		return 0;
	message_warn(m, "one of the two copies of the LUKS2 header is damaged and the other was "
			"used; copy the disc while it can still be read");
	return 1;
}
