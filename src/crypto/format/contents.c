/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/contents.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/sector.h"

static const struct magic {
	size_t offset;
	const char *bytes;
	size_t n_bytes;
	const char *name;
} magics[] = {
	/* ECMA-119, 8.1; ECMA-167, part 2, 9.1, in the first two volume structure descriptors */
	{ 16 * BLOCK_BYTES + 1, "CD001", 5, "an ISO 9660 file system" },
	{ 16 * BLOCK_BYTES + 1, "BEA01", 5, "a UDF file system" },
	{ 16 * BLOCK_BYTES + 1, "NSR02", 5, "a UDF file system" },
	{ 16 * BLOCK_BYTES + 1, "NSR03", 5, "a UDF file system" },
	{ 16 * BLOCK_BYTES + 1, "BOOT2", 5, "a UDF file system" },
	{ 16 * BLOCK_BYTES + 1, "CDW02", 5, "an ECMA-168 file system" },
	{ 0, "hsqs", 4, "a squashfs file system" },
	{ 0, "XFSB", 4, "an XFS file system" },
	{ 3, "EXFAT   ", 8, "an exFAT file system" },
	{ 3, "NTFS    ", 8, "an NTFS file system" },
	{ 54, "FAT12   ", 8, "a FAT file system" },
	{ 54, "FAT16   ", 8, "a FAT file system" },
	{ 82, "FAT32   ", 8, "a FAT file system" },
	{ 1024, "\xe2\xe1\xf5\xe0", 4, "an EROFS file system" },
	{ 1024, "\x10\x20\xf5\xf2", 4, "an F2FS file system" },
	{ 1024, "H+\0\x04", 4, "an HFS+ file system" },
	{ 0, "LUKS\xba\xbe", 6, "a LUKS volume" },
	{ 257, "ustar", 5, "a tar archive" },
	{ 0, "PK\x03\x04", 4, "a ZIP archive" },
	{ 0, "7z\xbc\xaf\x27\x1c", 6, "a 7z archive" },
	{ 0,
		"\xfd"
		"7zXZ",
		6, "xz-compressed data" },
	{ 0, "\x28\xb5\x2f\xfd", 4, "Zstandard-compressed data" },
};

/* ext2, 3 and 4: the magic number has two bytes only, so the state and the revision, which are
 * small numbers, are looked at too (Linux: fs/ext4/ext4.h, struct ext4_super_block) */
static int is_ext(const uint8_t *bytes, size_t n_bytes)
{
	const uint8_t *super = bytes + 1024;

	return n_bytes >= 2048 && super[56] == 0x53 && super[57] == 0xef && super[58] < 8 &&
	       super[59] == 0 && super[76] < 2 && super[77] == 0 && super[78] == 0 &&
	       super[79] == 0;
}

/* Behind what ECMA-119 and ECMA-167 define, volume descriptors are zeros. With the right key but
 * the wrong encryption sector only the start of each sector comes out right; the rest is noise, in
 * which hardly a byte is zero. */
static int has_quiet_descriptors(const uint8_t *bytes, size_t n_bytes)
{
	enum { FIRST = 1395, SOME = (BLOCK_BYTES - FIRST) / 4 };

	for (size_t block = 16; block < 18 && (block + 1) * BLOCK_BYTES <= n_bytes; block++) {
		size_t n_zeros = 0;

		for (size_t i = FIRST; i < BLOCK_BYTES; i++)
			n_zeros += bytes[block * BLOCK_BYTES + i] == 0;
		if (n_zeros < SOME)
			return 0;
	}
	return 1;
}

const char *contents_name(const uint8_t *bytes, size_t n_bytes)
{
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
		const struct magic *m = &magics[i];

		if (m->offset + m->n_bytes <= n_bytes &&
			memcmp(bytes + m->offset, m->bytes, m->n_bytes) == 0 &&
			(m->offset < 16 * BLOCK_BYTES || has_quiet_descriptors(bytes, n_bytes)))
			return m->name;
	}
	return is_ext(bytes, n_bytes) ? "an ext2, ext3 or ext4 file system" : NULL;
}

/* True for the blocks that contents_name has to see. A payload in sectors of two blocks begins
 * as one in sectors of one does, and the other way round: the block behind shows which it is. */
static bool tells(uint64_t block, const struct sector_cipher *cipher)
{
	if (block == 17)
		return cipher && sector_cipher_sector_bytes(cipher) >= BLOCK_BYTES;
	return block == 0 || block == 16;
}

/* Reads the blocks that tell into buf, and says which are there; f: of the first that isn't. */
static void read_start(struct block_reader *reader, uint64_t first_block, uint64_t n_blocks,
	const struct sector_cipher *cipher, uint8_t *buf, bool is_there[CONTENTS_BLOCKS],
	struct fail *f)
{
	for (uint64_t i = 0; i < n_blocks; i++) {
		is_there[i] = tells(i, cipher) && block_reader_read(reader, first_block + i, 1,
							  buf + i * BLOCK_BYTES, f) == 0;
		if (!is_there[i])
			memset(buf + i * BLOCK_BYTES, 0, BLOCK_BYTES);
	}
}

/* What the first n_blocks are; buf has room for them. */
static int probe(struct block_reader *reader, uint64_t first_block, uint64_t n_blocks,
	struct sector_cipher *cipher, uint8_t *buf, const char **name, struct fail *f)
{
	bool is_there[CONTENTS_BLOCKS];
	struct fail unread = { 0 };
	size_t n_bytes = n_blocks * BLOCK_BYTES;

	read_start(reader, first_block, n_blocks, cipher, buf, is_there, &unread);
	/* half an encryption sector at the end can't be decrypted */
	if (cipher)
		n_bytes -= n_bytes % sector_cipher_sector_bytes(cipher);
	if (cipher && sector_cipher_decrypt(cipher, 0, buf, n_bytes, f))
		return -1;
	/* out of zeros came noise */
	for (uint64_t i = 0; i < n_blocks; i++)
		if (!is_there[i])
			memset(buf + i * BLOCK_BYTES, 0, BLOCK_BYTES);
	*name = contents_name(buf, n_bytes);
	if (*name || !fail_is_set(&unread))
		return 0;
	if (f)
		*f = unread;
	return -1;
}

int contents_probe(struct block_reader *reader, uint64_t first_block, struct sector_cipher *cipher,
	const char **name, struct fail *f)
{
	uint64_t n_blocks = first_block < reader->n_blocks ? reader->n_blocks - first_block : 0;
	uint8_t *buf;
	int result;

	*name = NULL;
	if (n_blocks > CONTENTS_BLOCKS)
		n_blocks = CONTENTS_BLOCKS;
	buf = malloc(n_blocks * BLOCK_BYTES + 1);
	if (!buf)
		return fail_memory(f);
	result = probe(reader, first_block, n_blocks, cipher, buf, name, f);
	free(buf);
	return result;
}
