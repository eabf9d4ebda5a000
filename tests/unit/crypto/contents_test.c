/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Discs with a block that can't be read among those that tell what they are: the others tell it
 * too, and the disc opens. */
#include "crypto/format/contents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/format/format.h"
#include "disc/disc.h"
#include "disc/guess.h"
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
	const char *name;
	struct fail f = { 0 };

	small_disc_start(true);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		bad_block = bad[i];
		tap_ok(contents_probe(&small_disc, 0, NULL, &name, &f) == 0 && name &&
				!strcmp(name, iso) &&
				format_recognise(&small_disc) == format_find("none"),
			"block %d can't be read: %s %s", (int)bad[i], name ? name : "?", f.what);
	}
	bad_block = 0;
	memset(disc[17], 0xa5, BLOCK_BYTES);
	tap_ok(contents_probe(&small_disc, 0, NULL, &name, &f) == 0 && name && !strcmp(name, iso),
		"nor does noise in block 17 hide it: %s %s", name ? name : "?", f.what);
	for (size_t i = 0; i < BLOCK_BYTES; i++)
		disc[16][i] = i < 7 || (i >= 80 && i < 190) ? disc[16][i] : (uint8_t)rand();
	tap_ok(contents_probe(&small_disc, 0, NULL, &name, &f) == 0 && name && !strcmp(name, iso),
		"nor in what is not used of the first descriptor: %s %s", name ? name : "?",
		f.what);
	bad_block = 16;
	tap_ok(contents_probe(&small_disc, 0, NULL, &name, &f) < 0 && !name &&
			f.code == FAIL_FAILED,
		"without the first descriptor nothing is known, and it is told why: %s", f.what);
	bad_block = 3;
	f = (struct fail){ 0 };
	memset(disc, 0xa5, sizeof disc);
	tap_ok(contents_probe(&small_disc, 0, NULL, &name, &f) == 0 && !name,
		"other contents don't come from a block that tells nothing %s", f.what);
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
	test_encrypted(512);
	test_encrypted(4096);
	test_sector_sizes("descriptors with spaces", fill_spaces);
	test_sector_sizes("descriptors with noise", rand);
	test_unlock();
	secret_free(key);
	return tap_done();
}
