/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Discs with a block that can't be read among those that tell what they are: the others tell it
 * too, and the disc opens. */
#include "crypto/format/contents_probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/format/format.h"
#include "disc/disc.h"
#include "disc/guess.h"
#include "iso/descriptors.h"
#include "lib/small_disc.h"
#include "lib/tap.h"

enum { KEY_BYTES = 64 };

static struct secret *key;
static const char *const iso = "an ISO 9660 file system";

static void encrypt_disc(unsigned sector_bytes)
{
	struct sector_cipher_spec spec = {
		.name = "aes-xts-plain64", .key_bits = KEY_BYTES * 8, .sector_bytes = sector_bytes
	};
	struct fail f = { 0 };
	struct sector_cipher *cipher = sector_cipher_new(&spec, key, &f);

	tap_ok(cipher && sector_cipher_encrypt(cipher, 0, disc[0], sizeof disc, &f) == 0,
		"a disc in sectors of %u bytes %s", sector_bytes, f.what);
	sector_cipher_free(cipher);
}

static void test_clear(void)
{
	static const uint64_t bad[] = { 1, 3, 15, 17 };
	const struct contents *found;
	struct fail f = { 0 };

	small_disc_start(true);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		bad_block = bad[i];
		tap_ok(contents_probe(&small_disc, 0, NULL, &found, &f) == 0 && found &&
				!strcmp(found->name, iso) &&
				format_recognise(&small_disc) == format_find("none"),
			"block %d can't be read: %s %s", (int)bad[i], contents_name(found), f.what);
	}
	bad_block = 0;
	memset(disc[17], 0xa5, BLOCK_BYTES);
	tap_ok(contents_probe(&small_disc, 0, NULL, &found, &f) == 0 && found &&
			!strcmp(found->name, iso),
		"nor does noise in block 17 hide it: %s %s", contents_name(found), f.what);
	for (size_t i = 0; i < BLOCK_BYTES; i++)
		disc[16][i] = i < 7 || (i >= 80 && i < 190) ? disc[16][i] : (uint8_t)rand();
	tap_ok(contents_probe(&small_disc, 0, NULL, &found, &f) == 0 && found &&
			!strcmp(found->name, iso),
		"nor in what is not used of the first descriptor: %s %s", contents_name(found),
		f.what);
	bad_block = 16;
	tap_ok(contents_probe(&small_disc, 0, NULL, &found, &f) < 0 && !found &&
			f.code == FAIL_FAILED,
		"without the first descriptor nothing is known, and it is told why: %s", f.what);
	bad_block = 3;
	f = (struct fail){ 0 };
	memset(disc, 0xa5, sizeof disc);
	tap_ok(contents_probe(&small_disc, 0, NULL, &found, &f) == 0 && !found,
		"other contents don't come from a block that tells nothing %s", f.what);
}

/* Each with bytes of what it has, at its place; what differs in one bit is something else, or
 * nothing.
 */
static void test_names(void)
{
	static const struct {
		size_t offset;
		const char *bytes;
		size_t n;
		const char *name;
	} rows[] = {
		{ 0, "LUKS\xba\xbe\0\2", 8, "a LUKS volume" },
		{ 0, "hsqs", 4, "a squashfs file system" },
		{ 0, "XFSB", 4, "an XFS file system" },
		{ 0, "\xeb\x52\x90NTFS    ", 11, "an NTFS file system" },
		{ 1024, "H+\0\4", 4, "an HFS+ file system" },
		{ 1024, "\xe2\xe1\xf5\xe0", 4, "an EROFS file system" },
		{ 32768, "JFS1", 4, "a JFS file system" },
		{ 65600, "_BHRfS_M", 8, "a Btrfs file system" },
		{ 0, "070701", 6, "a cpio archive" },
		{ 0, "PK\3\4", 4, "a ZIP archive" },
		{ 0, "7z\xbc\xaf\x27\x1c", 6, "a 7z archive" },
		{ 0, "\x1f\x8b\x08\0\1\2\3\4\0\3", 10, "gzip-compressed data" },
		{ 0, "BZh91AY&SY", 10, "bzip2-compressed data" },
		{ 0, "\xfd\x37zXZ\0", 6, "xz-compressed data" },
		{ 0, "\x28\xb5\x2f\xfd", 4, "Zstandard-compressed data" },
		{ 0, "\x8c\x0d\4\x09\3\x0a", 6, "an OpenPGP message" },
		{ 0, "age-encryption.org/v1\n", 22, "an age-encrypted file" },
		{ 0, "QFI\xfb", 4, "a qcow2 disk image" },
		{ 512, "EFI PART", 8, "a disk image with a GPT" },
		{ 0, "\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0", 12,
			"raw CD sectors, as in .bin and .mdf images" },
	};
	static uint8_t bytes[CONTENTS_BLOCKS * BLOCK_BYTES];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct contents *c;

		memset(bytes, 0x5b, sizeof bytes);
		memcpy(bytes + rows[i].offset, rows[i].bytes, rows[i].n);
		c = contents_recognise(bytes, sizeof bytes);
		tap_ok(c && !strcmp(c->name, rows[i].name), "%s: %s", rows[i].name,
			contents_name(c));
		tap_ok(!contents_recognise(bytes, rows[i].offset + rows[i].n - 1),
			"%s: not where its end is missing", rows[i].name);
	}
}

/* A sector that lacks its first 16 bytes, as after CBC with a wrong IV, is nothing. */
static void test_first_bytes(void)
{
	static const uint8_t start[16] = { 0xeb, 0x3c, 0x90, [12] = 2, 4, 1 };
	static uint8_t bytes[4 * BLOCK_BYTES];
	const struct contents *c;

	memcpy(bytes, start, sizeof start);
	memcpy(bytes + 82, "FAT32   ", 8);
	c = contents_recognise(bytes, sizeof bytes);
	tap_ok(c && !strcmp(c->name, "a FAT file system"), "FAT: %s", contents_name(c));
	secret_random(bytes + 1, 15);
	bytes[0] = 0x5b;
	tap_ok(!contents_recognise(bytes, sizeof bytes), "FAT: not without its first bytes");
}

/* With a number for an IV that is too large by N, each sector's first byte alone is wrong. */
static void test_first_byte(void)
{
	static const struct {
		const char *name;
	} rows[] = { { "BEA01" }, { "NSR02" } };
	static uint8_t bytes[CONTENTS_BLOCKS * BLOCK_BYTES];
	unsigned n_taken = 0;

	small_disc_start(true);
	for (unsigned skip = 1; skip < 128; skip++) {
		const struct contents *c;

		memcpy(bytes, disc, sizeof bytes);
		for (unsigned sector = 0; sector < sizeof bytes / 512; sector++)
			bytes[sector * 512] ^= (uint8_t)(sector ^ (sector + skip));
		c = contents_recognise(bytes, sizeof bytes);
		n_taken += c && c->kind != CONTENTS_DOUBTFUL;
	}
	tap_ok(n_taken == 0, "ISO 9660: not with wrong types: %u", n_taken);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		memset(bytes, 0, sizeof bytes);
		memcpy(bytes + DESCRIPTORS_START + 1, rows[i].name, 5);
		tap_ok(contents_recognise(bytes, sizeof bytes), "%s: UDF", rows[i].name);
		bytes[DESCRIPTORS_START] = 20;
		tap_ok(!contents_recognise(bytes, sizeof bytes), "%s: not with a wrong type",
			rows[i].name);
	}
}

/* What a wrong key gives: nothing of 16 bits would pass for long. */
static void test_noise(void)
{
	enum { N_TRIES = 300000, HEAD = 64 };
	static uint8_t bytes[2 * BLOCK_BYTES];
	unsigned n_taken = 0;

	secret_random(bytes, sizeof bytes);
	for (unsigned i = 0; i < N_TRIES; i++) {
		/* where the magic numbers of the first blocks are */
		secret_random(bytes, HEAD);
		memmove(bytes + 446, bytes, HEAD);
		memmove(bytes + 1024, bytes, HEAD);
		n_taken += contents_recognise(bytes, sizeof bytes) != NULL;
	}
	tap_ok(n_taken == 0, "noise is nothing: %u of %u", n_taken, N_TRIES);
}

/* Opens the small disc; the failure is in f. */
static bool opens(unsigned sector_bytes, bool by_guess, struct fail *f)
{
	struct format_params params = {
		.cipher = "aes-xts-plain64", .key_bits = KEY_BYTES * 8, .sector_bytes = sector_bytes
	};
	struct credential c = { .kind = CREDENTIAL_KEY, .secret = key };
	struct volume *v;
	bool is_open;

	*f = (struct fail){ 0 };
	v = by_guess ? guess_open(&small_disc, 0, &c, NULL, f)
		     : format_open(format_find("plain"), &small_disc, &params, &c, NULL, f);
	is_open = v && v->sector_bytes == sector_bytes;
	volume_free(v);
	return is_open;
}

static void test_encrypted(unsigned sector_bytes)
{
	struct fail f;

	small_disc_start(true);
	encrypt_disc(sector_bytes);
	bad_block = 3;
	tap_ok(opens(sector_bytes, false, &f), "block 3 can't be read: it opens %s", f.what);
	tap_ok(opens(sector_bytes, true, &f), "block 3 can't be read: it is guessed %s", f.what);
	secret_bytes(key)[0] ^= 1;
	tap_ok(!opens(sector_bytes, false, &f) && f.code == FAIL_MISMATCH,
		"a wrong key is one, whatever can't be read: %s", f.what);
	secret_bytes(key)[0] ^= 1;
	bad_block = 17;
	tap_ok(opens(sector_bytes, false, &f), "block 17 can't be read: it opens %s", f.what);
	if (sector_bytes < BLOCK_BYTES)
		tap_ok(opens(sector_bytes, true, &f), "block 17 can't be read: it is guessed %s",
			f.what);
	else
		tap_ok(!opens(sector_bytes, true, &f) && f.code == FAIL_FAILED,
			"block 17 would tell the size of sectors: %s", f.what);
	bad_block = 0;
	memset(disc[17], 0, BLOCK_BYTES);
	tap_ok(opens(sector_bytes, false, &f), "block 17 is noise: it opens %s", f.what);
	bad_block = 16;
	tap_ok(!opens(sector_bytes, false, &f) && f.code == FAIL_FAILED,
		"block 16 can't be read: that is no wrong key: %s", f.what);
	tap_ok(!opens(sector_bytes, true, &f) && f.code == FAIL_FAILED,
		"block 16 can't be read: nothing is guessed: %s", f.what);
}

/* A disc whose descriptors have whatever they like where the standard uses nothing: it opens as it
 * was made, and no other way. */
static void test_sector_sizes(const char *fill_name, int (*fill)(void))
{
	static const unsigned sizes[] = { 512, 1024, 2048, 4096 };
	struct fail f;

	for (size_t i = 0; i < 4; i++) {
		unsigned made = sizes[i];

		small_disc_start(true);
		for (int block = 16; block < 18; block++)
			for (size_t j = 883; j < BLOCK_BYTES; j++)
				disc[block][j] = (uint8_t)fill();
		encrypt_disc(made);
		for (size_t j = 0; j < 4; j++)
			tap_ok(opens(sizes[j], false, &f) == (sizes[j] == made),
				"%s, made in sectors of %u bytes, read in those of %u: %s",
				fill_name, made, sizes[j], f.what);
		tap_ok(opens(made, true, &f), "%s, made in sectors of %u bytes, is guessed %s",
			fill_name, made, f.what);
	}
}

static int fill_spaces(void)
{
	return ' ';
}

/* The format is known, so that what the payload is doesn't matter; a file that gets shorter has
 * blocks that can't be read. */
static void test_unlock(void)
{
	char path[] = "/tmp/xburncrypt-contents.XXXXXX";
	int fd = mkstemp(path);
	struct disc_key named = { .format = format_find("none") };
	struct fail f = { 0 };
	uint8_t block[BLOCK_BYTES];
	struct disc *d;

	small_disc_start(true);
	d = write(fd, disc, sizeof disc) == sizeof disc ? disc_open(path, NULL, 0, &f) : NULL;
	tap_ok(d && ftruncate(fd, (off_t)10 * BLOCK_BYTES) == 0 &&
			disc_unlock(d, &named, NULL, &f) == 0 && !disc_contents(d),
		"a disc whose descriptors can't be read is unlocked %s", f.what);
	tap_ok(d && block_reader_read(disc_blocks(d), 9, 1, block, &f) == 0,
		"and what is there is read %s", f.what);
	disc_close(d);
	close(fd);
	unlink(path);
}

int main(void)
{
	struct fail f = { 0 };

	key = secret_new(KEY_BYTES, &f);
	if (!key)
		return 1;
	for (size_t i = 0; i < KEY_BYTES; i++)
		secret_bytes(key)[i] = (uint8_t)(i * 7);
	test_clear();
	test_names();
	test_first_bytes();
	test_first_byte();
	test_noise();
	test_encrypted(512);
	test_encrypted(4096);
	test_sector_sizes("descriptors with spaces", fill_spaces);
	test_sector_sizes("descriptors with noise", rand);
	test_unlock();
	secret_free(key);
	return tap_done();
}
