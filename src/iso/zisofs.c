/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/zisofs.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "util/number.h"

/* Offsets in the field: two letters for the algorithm, the size of the header in words of 4 bytes,
 * that of a block, the size of the file. */
enum { ALGORITHM = 4, HEADER_WORDS = 6, BLOCK_LOG2 = 7, FILE_BYTES = 8, FIELD_BYTES = 16 };

/* The header of the file has the same: magic, size, header size, block size. Pointers follow, one
 * for the start of each block and one for the end of the last. */
enum { HEADER_BYTES = 16, HEAD_FILE_BYTES = 8, HEAD_WORDS = 12, HEAD_LOG2 = 13, POINTER_BYTES = 4 };

enum { LOG2_MIN = 15, LOG2_MAX = 17 };

static const uint8_t magic[8] = { 0x37, 0xe4, 0x53, 0x96, 0xc9, 0xdb, 0xd6, 0x07 };

bool zisofs_parse(struct zisofs *z, const uint8_t *field, size_t n)
{
	if (n < FIELD_BYTES || memcmp(field + ALGORITHM, "pz", 2) != 0 ||
		field[HEADER_WORDS] != HEADER_BYTES / 4 || field[BLOCK_LOG2] < LOG2_MIN ||
		field[BLOCK_LOG2] > LOG2_MAX)
		return false;
	z->n_bytes = number_le32(field + FILE_BYTES);
	z->block_log2 = field[BLOCK_LOG2];
	return true;
}

static int damaged(struct fail *f)
{
	return fail_set(f, FAIL_FAILED, "", "its compressed data (zisofs) is damaged");
}

/* n stored bytes from offset on. */
static int read_stored(
	const struct zisofs_stored *s, uint64_t offset, size_t n, uint8_t *buf, struct fail *f)
{
	if (offset > s->n_bytes || n > s->n_bytes - offset)
		return damaged(f);
	return s->read(s->ctx, offset, n, buf, f);
}

static int check_header(const struct zisofs *z, const struct zisofs_stored *s, struct fail *f)
{
	uint8_t header[HEADER_BYTES];

	if (read_stored(s, 0, sizeof header, header, f))
		return -1;
	if (memcmp(header, magic, sizeof magic) != 0 ||
		number_le32(header + HEAD_FILE_BYTES) != z->n_bytes ||
		header[HEAD_WORDS] != HEADER_BYTES / 4 || header[HEAD_LOG2] != z->block_log2)
		return damaged(f);
	return 0;
}

/* Uncompresses block number, of n bytes, into out; packed has room for any. */
static int read_block(const struct zisofs_stored *s, uint64_t number, uint32_t n, size_t n_packed,
	uint8_t *packed, uint8_t *out, struct fail *f)
{
	uint8_t pointers[2 * POINTER_BYTES];
	uint32_t start, end;
	uLongf n_out = n;

	if (read_stored(s, HEADER_BYTES + number * POINTER_BYTES, sizeof pointers, pointers, f))
		return -1;
	start = number_le32(pointers);
	end = number_le32(pointers + POINTER_BYTES);
	if (start > end || end - start > n_packed)
		return damaged(f);
	/* a block of zeros is not stored */
	if (start == end) {
		memset(out, 0, n);
		return 0;
	}
	if (read_stored(s, start, end - start, packed, f))
		return -1;
	if (uncompress(out, &n_out, packed, end - start) != Z_OK || n_out != n)
		return damaged(f);
	return 0;
}

int zisofs_read(const struct zisofs *z, const struct zisofs_stored *stored, uint64_t offset,
	size_t n, uint8_t *buf, size_t *n_read, struct fail *f)
{
	uint32_t block_bytes = (uint32_t)1 << z->block_log2;
	size_t n_packed = compressBound(block_bytes);
	uint8_t *block, *packed;
	int result = -1;

	*n_read = 0;
	if (offset >= z->n_bytes || n == 0)
		return 0;
	if (n > z->n_bytes - offset)
		n = (size_t)(z->n_bytes - offset);
	block = malloc(block_bytes);
	packed = malloc(n_packed);
	if (!block || !packed) {
		fail_memory(f);
		goto out;
	}
	if (check_header(z, stored, f))
		goto out;
	while (n) {
		uint64_t number = offset / block_bytes, rest = z->n_bytes - number * block_bytes;
		uint32_t n_block = rest < block_bytes ? (uint32_t)rest : block_bytes;
		size_t from = (size_t)(offset % block_bytes);
		size_t take = n < n_block - from ? n : n_block - from;

		if (read_block(stored, number, n_block, n_packed, packed, block, f))
			goto out;
		memcpy(buf, block + from, take);
		buf += take;
		offset += take;
		n -= take;
		*n_read += take;
	}
	result = 0;
out:
	free(block);
	free(packed);
	return result;
}
