/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/contents.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "iso/descriptors.h"
#include "util/number.h"
#include "util/sector.h"

#define MOUNT "mount -o ro @ /mnt\n"
/* where a partition, or what is on it, is to be mounted */
#define LOOP "losetup --find --show --read-only --partscan @\n"
#define BYTES(s) (s), sizeof(s) - 1

const struct contents contents_file_system = { "a file system", MOUNT, CONTENTS_DENSE };

static const struct contents doubtful_iso = { "an ISO 9660 file system with damaged descriptors",
	MOUNT, CONTENTS_DOUBTFUL };

enum { ISO_MAGIC = DESCRIPTORS_START + 1 }; /* behind a descriptor's type */

static const struct magic {
	size_t offset;
	const char *bytes;
	size_t n_bytes;
	struct contents contents;
} magics[] = {
	/* ECMA-119, 8.1: also where the primary descriptor is lost; ECMA-167, part 2, 9.1 */
	{ ISO_MAGIC, BYTES("CD001"), { "an ISO 9660 file system", MOUNT, CONTENTS_READABLE } },
	{ ISO_MAGIC, BYTES("BEA01"), { "a UDF file system", MOUNT, CONTENTS_READABLE } },
	{ ISO_MAGIC, BYTES("NSR02"), { "a UDF file system", MOUNT, CONTENTS_READABLE } },
	{ ISO_MAGIC, BYTES("NSR03"), { "a UDF file system", MOUNT, CONTENTS_READABLE } },
	{ ISO_MAGIC, BYTES("BOOT2"), { "a UDF file system", MOUNT, CONTENTS_READABLE } },
	{ ISO_MAGIC, BYTES("CDW02"), { "an ECMA-168 file system", NULL, CONTENTS_SPARSE } },
	/* volumes that are encrypted by themselves */
	{ 0, BYTES("LUKS\xba\xbe\0\1"),
		{ "a LUKS volume",
			"cryptsetup open --readonly @ inner\nmount -o ro /dev/mapper/inner /mnt\n",
			CONTENTS_ENCRYPTED } },
	{ 0, BYTES("LUKS\xba\xbe\0\2"),
		{ "a LUKS volume",
			"cryptsetup open --readonly @ inner\nmount -o ro /dev/mapper/inner /mnt\n",
			CONTENTS_ENCRYPTED } },
	{ 3, BYTES("-FVE-FS-"),
		{ "a BitLocker volume",
			"cryptsetup open --readonly --type bitlk @ inner\n"
			"mount -o ro /dev/mapper/inner /mnt\n",
			CONTENTS_ENCRYPTED } },
	/* file systems: Linux, fs/<name>, the superblock's structure */
	{ 0, BYTES("hsqs"), { "a squashfs file system", MOUNT, CONTENTS_DENSE } },
	{ 0, BYTES("\x45\x3d\xcd\x28"), { "a cramfs file system", MOUNT, CONTENTS_DENSE } },
	{ 0, BYTES("-rom1fs-"), { "a romfs file system", MOUNT, CONTENTS_DENSE } },
	{ 0, BYTES("XFSB"), { "an XFS file system", MOUNT, CONTENTS_DENSE } },
	{ 3, BYTES("EXFAT   "), { "an exFAT file system", MOUNT, CONTENTS_DENSE } },
	{ 3, BYTES("NTFS    "), { "an NTFS file system", MOUNT, CONTENTS_DENSE } },
	{ 54, BYTES("FAT12   "), { "a FAT file system", MOUNT, CONTENTS_DENSE } },
	{ 54, BYTES("FAT16   "), { "a FAT file system", MOUNT, CONTENTS_DENSE } },
	{ 82, BYTES("FAT32   "), { "a FAT file system", MOUNT, CONTENTS_DENSE } },
	{ 32, BYTES("NXSB"), { "an APFS file system", NULL, CONTENTS_DENSE } },
	{ 1024, BYTES("\xe2\xe1\xf5\xe0"), { "an EROFS file system", MOUNT, CONTENTS_DENSE } },
	{ 1024, BYTES("\x10\x20\xf5\xf2"), { "an F2FS file system", MOUNT, CONTENTS_DENSE } },
	{ 1024, BYTES("H+\0\4"), { "an HFS+ file system", MOUNT, CONTENTS_SPARSE } },
	{ 1024, BYTES("HX\0\5"), { "an HFS+ file system", MOUNT, CONTENTS_SPARSE } },
	{ 32768, BYTES("JFS1"), { "a JFS file system", MOUNT, CONTENTS_SPARSE } },
	{ 65536 + 52, BYTES("ReIsErFs"), { "a ReiserFS file system", MOUNT, CONTENTS_SPARSE } },
	{ 65536 + 52, BYTES("ReIsEr2Fs"), { "a ReiserFS file system", MOUNT, CONTENTS_SPARSE } },
	{ 65536 + 64, BYTES("_BHRfS_M"), { "a Btrfs file system", MOUNT, CONTENTS_SPARSE } },
	{ 65536 + 1372, BYTES("\x19\x01\x54\x19"), { "a UFS file system", MOUNT, CONTENTS_DENSE } },
	/* archives, and what is compressed: tar(5) of libarchive, cpio(5), RFC 8878, ... */
	{ 257, BYTES("ustar"), { "a tar archive", "tar -xf @\n", CONTENTS_DENSE } },
	{ 0, BYTES("070701"), { "a cpio archive", "cpio -idm < @\n", CONTENTS_DENSE } },
	{ 0, BYTES("070702"), { "a cpio archive", "cpio -idm < @\n", CONTENTS_DENSE } },
	{ 0, BYTES("070707"), { "a cpio archive", "cpio -idm < @\n", CONTENTS_DENSE } },
	{ 0, BYTES("!<arch>\n"), { "an ar archive", NULL, CONTENTS_DENSE } },
	{ 0, BYTES("xar!"), { "a xar archive", NULL, CONTENTS_DENSE } },
	{ 0, BYTES("\0\0\0\x7b"), { "a dar archive", NULL, CONTENTS_DENSE } },
	{ 24, BYTES("\x6c\xea\0\0"), { "a dump archive", "restore -rf @\n", CONTENTS_DENSE } },
	{ 0, BYTES("PK\3\4"), { "a ZIP archive", NULL, CONTENTS_DENSE } },
	{ 0, BYTES("7z\xbc\xaf\x27\x1c"), { "a 7z archive", NULL, CONTENTS_DENSE } },
	{ 0, BYTES("Rar!\x1a\7"), { "a RAR archive", NULL, CONTENTS_DENSE } },
	{ 0, BYTES("MSCF\0\0\0\0"), { "a cabinet archive", NULL, CONTENTS_DENSE } },
	{ 0, BYTES("MSWIM\0\0\0"), { "a WIM image", NULL, CONTENTS_DENSE } },
	{ 0, BYTES("partclone-image"), { "a partclone image", NULL, CONTENTS_DENSE } },
	{ 0, BYTES("FsA0"), { "an FSArchiver archive", NULL, CONTENTS_DENSE } },
	{ 0, BYTES("\xfd\x37zXZ\0"),
		{ "xz-compressed data", "xz -dc < @ > contents\n", CONTENTS_DENSE } },
	{ 0, BYTES("\x28\xb5\x2f\xfd"), { "Zstandard-compressed data", NULL, CONTENTS_DENSE } },
	{ 0, BYTES("\x04\x22\x4d\x18"), { "LZ4-compressed data", NULL, CONTENTS_DENSE } },
	{ 0, BYTES("LZIP\1"),
		{ "lzip-compressed data", "lzip -dc < @ > contents\n", CONTENTS_DENSE } },
	{ 0, BYTES("\x89LZO\0\r\n\x1a\n"), { "lzop-compressed data", NULL, CONTENTS_DENSE } },
	{ 0, BYTES("\x5d\0\0\x80\0\xff\xff\xff\xff"),
		{ "LZMA-compressed data", NULL, CONTENTS_DENSE } },
	/* encrypted files: RFC 9580, 6.2; age-encryption.org/v1 */
	{ 0, BYTES("-----BEGIN PGP "),
		{ "an OpenPGP message", "gpg -d < @ > contents\n", CONTENTS_DENSE } },
	{ 0, BYTES("age-encryption.org/v1\n"), { "an age-encrypted file", NULL, CONTENTS_DENSE } },
	{ 0, BYTES("-----BEGIN AGE "), { "an age-encrypted file", NULL, CONTENTS_DENSE } },
	/* images of discs that are not their sectors of 2048 bytes; MAME, src/lib/util/chd.h */
	{ 0, BYTES("\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0"),
		{ "raw CD sectors, as in .bin and .mdf images", "ccd2iso @ converted.iso\n",
			CONTENTS_FOREIGN } },
	{ 0, BYTES("MEDIA DESCRIPTOR"),
		{ "the description of an MDF image", NULL, CONTENTS_FOREIGN } },
	{ 0, BYTES("BWT5 STREAM SIGN"),
		{ "the description of a B6I image", NULL, CONTENTS_FOREIGN } },
	{ 0, BYTES("MComprHD"), { "a CHD disc image", NULL, CONTENTS_FOREIGN } },
	{ 0, BYTES("CISO"), { "a compressed ISO image (CSO)", NULL, CONTENTS_FOREIGN } },
	{ 0, BYTES("DAA\0\0"), { "a DAA disc image", NULL, CONTENTS_FOREIGN } },
	/* disk images */
	{ 0, BYTES("QFI\xfb"),
		{ "a qcow2 disk image", "qemu-img convert -O raw @ contents\n", CONTENTS_DENSE } },
	{ 0, BYTES("KDMV"), { "a VMDK disk image", NULL, CONTENTS_DENSE } },
	{ 64, BYTES("\x7f\x10\xda\xbe"), { "a VDI disk image", NULL, CONTENTS_DENSE } },
	{ 0, BYTES("vhdxfile"), { "a VHDX disk image", NULL, CONTENTS_DENSE } },
	{ 0, BYTES("conectix"), { "a VHD disk image", NULL, CONTENTS_DENSE } },
	{ 512, BYTES("EFI PART"), { "a disk image with a GPT", LOOP, CONTENTS_DENSE } },
};

static bool has_ext_counts(const uint8_t *super)
{
	uint64_t n_blocks = number_le32(super + 4), n_groups;
	uint32_t first = number_le32(super + 20), per_group = number_le32(super + 32);

	if (number_le32(super + 96) & 0x80)
		n_blocks |= (uint64_t)number_le32(super + 0x150) << 32;
	if (!per_group || n_blocks <= first)
		return false;
	n_groups = (n_blocks - first + per_group - 1) / per_group;
	return number_le32(super) == n_groups * number_le32(super + 40);
}

/* ext2, 3 and 4: the magic number has two bytes only, so the state and the revision, which are
 * small numbers, are looked at too, and the inodes of the groups of blocks are as many as there are
 * (Linux: fs/ext4/ext4.h, struct ext4_super_block) */
static bool is_ext(const uint8_t *bytes, size_t n_bytes)
{
	const uint8_t *super = bytes + 1024;

	return n_bytes >= 2048 && super[56] == 0x53 && super[57] == 0xef && super[58] < 8 &&
	       super[59] == 0 && super[76] < 2 && super[77] == 0 && super[78] == 0 &&
	       super[79] == 0 && has_ext_counts(super);
}

/* The same for HFS (Linux: fs/hfs/hfs.h, struct hfs_mdb): its bitmap is in sector 3, and allocation
 * blocks are whole sectors. */
static bool is_hfs(const uint8_t *bytes, size_t n_bytes)
{
	const uint8_t *mdb = bytes + 1024;

	return n_bytes >= 2048 && memcmp(mdb, "BD", 2) == 0 && number_be16(mdb + 14) == 3 &&
	       number_be32(mdb + 20) > 0 && number_be32(mdb + 20) % SECTOR_BYTES == 0;
}

/* RFC 1952, 2.3: the method is 8, the upper flags are zero, compression and system are known */
static bool is_gzip(const uint8_t *bytes, size_t n_bytes)
{
	return n_bytes >= 10 && memcmp(bytes, "\x1f\x8b\x08", 3) == 0 && bytes[3] < 0x20 &&
	       (bytes[8] == 0 || bytes[8] == 2 || bytes[8] == 4) &&
	       (bytes[9] < 14 || bytes[9] == 255);
}

static bool is_bzip2(const uint8_t *bytes, size_t n_bytes)
{
	return n_bytes >= 10 && memcmp(bytes, "BZh", 3) == 0 && bytes[3] >= '1' &&
	       bytes[3] <= '9' && memcmp(bytes + 4, "1AY&SY", 6) == 0;
}

/* cpio's own default, of which the magic number has two bytes (cpio(5), old binary format, low
 * bytes first): the name ends where it has to, and only devices have a device number. */
static bool is_binary_cpio(const uint8_t *bytes, size_t n_bytes)
{
	enum { HEADER = 26, NAME_MAX_BYTES = 1024 };
	unsigned type = n_bytes < BLOCK_BYTES ? 0 : number_le16(bytes + 6) >> 12;
	size_t n = n_bytes < BLOCK_BYTES ? 0 : number_le16(bytes + 20);

	return n > 1 && n <= NAME_MAX_BYTES && number_le16(bytes) == 070707 &&
	       (type == 2 || type == 6 || number_le16(bytes + 14) == 0) &&
	       (type == 1 || type == 2 || type == 4 || type == 6 || type == 8 || type == 10 ||
		       type == 12) &&
	       memchr(bytes + HEADER, '\0', n) == bytes + HEADER + n - 1;
}

/* A packet that starts a symmetrically encrypted message (RFC 9580, 5.3): version, cipher, kind of
 * string-to-key and its hash are small numbers. */
static bool is_pgp_passphrase(const uint8_t *bytes)
{
	const uint8_t *p = bytes + 2;
	bool is_tag_3 = bytes[0] == 0x8c || bytes[0] == 0xc3;

	if (is_tag_3 && bytes[1] == 13 && p[0] == 4)
		return p[1] >= 1 && p[1] <= 13 && p[2] == 3 && p[3] >= 1 && p[3] <= 14;
	/* version 5, with authentication */
	return is_tag_3 && p[0] == 5 && p[1] >= 7 && p[1] <= 10 && p[2] >= 1 && p[2] <= 3 &&
	       p[3] == 3 && p[4] >= 8 && p[4] <= 14;
}

/* One that starts a message to a public key (5.1): version, key, algorithm, a first number that is
 * as long as the algorithm's are. */
static bool is_pgp_public_key(const uint8_t *bytes)
{
	unsigned n_length = bytes[0] == 0x84 ? 1 : bytes[0] == 0x85 ? 2 : 0;
	unsigned length = n_length == 1 ? bytes[1] : number_be16(bytes + 1);
	const uint8_t *p = bytes + 1 + n_length;
	unsigned n_bits = number_be16(p + 10);

	if (!n_length || p[0] != 3)
		return false;
	/* RSA: the number is all that follows; ECDH: of curves that are in use */
	if (p[9] == 1)
		return length > 12 && (n_bits + 7) / 8 == length - 12;
	return p[9] == 18 && (n_bits == 263 || n_bits == 515 || n_bits == 771 || n_bits == 1059);
}

static bool is_pgp(const uint8_t *bytes, size_t n_bytes)
{
	return n_bytes >= 32 && (is_pgp_passphrase(bytes) || is_pgp_public_key(bytes));
}

/* Apple's partition map: a driver descriptor with blocks of 512 or 2048 bytes, then entries. */
static bool is_apple_disk(const uint8_t *bytes, size_t n_bytes)
{
	unsigned block = n_bytes < 4 ? 0 : number_be16(bytes + 2);

	return n_bytes >= 1024 && memcmp(bytes, "ER", 2) == 0 && (block == 512 || block == 2048) &&
	       memcmp(bytes + 512, "PM", 2) == 0;
}

/* A table of four partitions, each with the mark for active or none, of which one is there. */
static bool is_pc_disk(const uint8_t *bytes, size_t n_bytes)
{
	unsigned n_partitions = 0;

	if (n_bytes < SECTOR_BYTES || bytes[510] != 0x55 || bytes[511] != 0xaa)
		return false;
	for (const uint8_t *entry = bytes + 446; entry < bytes + 510; entry += 16) {
		if (entry[0] & 0x7f)
			return false;
		n_partitions += entry[4] && number_le32(entry + 8) && number_le32(entry + 12);
	}
	return n_partitions > 0;
}

/* What no magic number alone shows. */
static const struct shape {
	bool (*is_it)(const uint8_t *bytes, size_t n_bytes);
	struct contents contents;
} shapes[] = {
	{ is_ext, { "an ext2, ext3 or ext4 file system", MOUNT, CONTENTS_SPARSE } },
	{ is_hfs, { "an HFS file system", MOUNT, CONTENTS_SPARSE } },
	{ is_gzip, { "gzip-compressed data", "gzip -dc < @ > contents\n", CONTENTS_DENSE } },
	{ is_bzip2, { "bzip2-compressed data", "bzip2 -dc < @ > contents\n", CONTENTS_DENSE } },
	{ is_binary_cpio, { "a cpio archive", "cpio -idm < @\n", CONTENTS_DENSE } },
	{ is_pgp, { "an OpenPGP message", "gpg -d < @ > contents\n", CONTENTS_DENSE } },
	{ is_apple_disk, { "a disk image with Apple's partition map", LOOP, CONTENTS_DENSE } },
	/* behind the file systems that start with a boot sector too */
	{ is_pc_disk, { "a disk image with a partition table", LOOP, CONTENTS_DENSE } },
};

static bool is_iso9660(const uint8_t *bytes, size_t n_bytes)
{
	return n_bytes > DESCRIPTORS_START &&
	       descriptors_recognise(bytes + DESCRIPTORS_START, n_bytes - DESCRIPTORS_START)
		       .is_iso9660;
}

/* A wrong IV that is a number spoils no more than the first byte of a sector, the descriptor's
 * type: it turns each into another one. */
static bool has_right_types(const uint8_t *bytes, size_t n_bytes)
{
	enum { PRIMARY = 1, PARTITION = 3, TERMINATOR = 255 };
	bool has_one = false;

	for (size_t at = DESCRIPTORS_START; at + BLOCK_BYTES <= n_bytes; at += BLOCK_BYTES) {
		if (memcmp(bytes + at + 1, "CD001", 5) != 0)
			continue;
		if (bytes[at] == PRIMARY && at == DESCRIPTORS_START)
			return true;
		if (bytes[at] > PARTITION)
			return has_one && bytes[at] == TERMINATOR;
		has_one = true;
	}
	return false;
}

/* What CBC gives with a wrong IV is right but for a sector's first 16 bytes; where the magic number
 * is not among them they are looked at too. tar(5): the sum of the header's bytes. */
static bool is_right_start(const struct magic *m, const uint8_t *bytes, size_t n_bytes)
{
	unsigned sum = 0;

	/* ECMA-167, 2/9.1.1: their type is 0 */
	if (m->offset == ISO_MAGIC && memcmp(m->bytes, "CD001", 5) != 0)
		return bytes[DESCRIPTORS_START] == 0;
	/* the jump of a boot sector */
	if (m->offset == 3)
		return bytes[0] == 0xeb;
	if (strcmp(m->contents.name, "a FAT file system") == 0)
		return (bytes[0] == 0xeb || bytes[0] == 0xe9) && number_le16(bytes + 11) &&
		       number_le16(bytes + 11) % SECTOR_BYTES == 0;
	if (strcmp(m->contents.name, "a tar archive") != 0)
		return true;
	if (n_bytes < SECTOR_BYTES)
		return false;
	for (size_t i = 0; i < SECTOR_BYTES; i++)
		sum += i >= 148 && i < 156 ? ' ' : bytes[i];
	return sum == strtoul((const char *)bytes + 148, NULL, 8);
}

static bool has_magic(const struct magic *m, const uint8_t *bytes, size_t n_bytes)
{
	return m->offset + m->n_bytes <= n_bytes &&
	       memcmp(bytes + m->offset, m->bytes, m->n_bytes) == 0 &&
	       is_right_start(m, bytes, n_bytes);
}

const struct contents *contents_recognise(const uint8_t *bytes, size_t n_bytes)
{
	if (is_iso9660(bytes, n_bytes) || has_magic(&magics[0], bytes, n_bytes))
		return has_right_types(bytes, n_bytes) ? &magics[0].contents : &doubtful_iso;
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
		if (has_magic(&magics[i], bytes, n_bytes))
			return &magics[i].contents;
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		if (shapes[i].is_it(bytes, n_bytes))
			return &shapes[i].contents;
	return NULL;
}

const char *contents_name(const struct contents *c)
{
	return c ? c->name : "unknown contents";
}
