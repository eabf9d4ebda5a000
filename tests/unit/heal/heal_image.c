/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds healing data to an image, through src/heal alone: a tool for the tests.
 *
 *     heal_image IMAGE ROOTS ROWS HEADER ROW_BLOCKS
 *
 * The salt is 20 to 3f, in hexadecimal, and the UUID 00112233-4455-6677-8899-aabbccddeeff. Prints
 * "ROOT CHECK_ROOT HASH_OFFSET FEC_OFFSET" (bytes). */
#include "heal/heal_encoder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/salted_digest.h"
#include "util/hex.h"

static int told(const struct fail *f)
{
	fprintf(stderr, "fail %d: %s: %s\n", f->code, f->object, f->what);
	return 1;
}

static struct heal_record r;

static int make(int fd, const char *name, struct fail *f)
{
	struct salted_digest *digest = salted_digest_new(r.salt, sizeof r.salt, f);
	const struct block_tree_hash hash = { salted_digest_of, digest };
	const struct heal_file file = { fd, name, &hash, NULL };
	int result = -1;

	if (digest && heal_encoder_write(&file, &r, f) == 0 && salted_digest_check(digest, f) == 0)
		result = heal_encoder_write_records(&file, &r, f);
	salted_digest_free(digest);
	return result;
}

int main(int argc, char **argv)
{
	char root[2 * SHA256_BYTES + 1], check_root[2 * SHA256_BYTES + 1];
	struct heal_choice c;
	struct fail f = { 0 };
	struct stat st;
	int fd;

	if (argc != 6)
		return 2;
	fd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st)) {
		perror(argv[1]);
		return 1;
	}
	c = (struct heal_choice){ .n_data = ((uint64_t)st.st_size + BLOCK_BYTES - 1) / BLOCK_BYTES,
		.n_roots = (unsigned)strtoul(argv[2], NULL, 10),
		.n_rows = (unsigned)strtoul(argv[3], NULL, 10),
		.n_header = (unsigned)strtoul(argv[4], NULL, 10),
		.row_blocks = strtoull(argv[5], NULL, 10) };
	if (heal_layout_make(&r.layout, &c)) {
		fprintf(stderr, "no such layout\n");
		return 1;
	}
	for (uint8_t i = 0; i < sizeof r.salt; i++)
		r.salt[i] = 0x20 + i;
	if (!hex_read(r.id, sizeof r.id, "00112233445566778899aabbccddeeff") ||
		make(fd, argv[1], &f) || close(fd))
		return told(&f);
	printf("%s %s %llu %llu\n", hex_write(root, r.root, sizeof r.root),
		hex_write(check_root, r.check_root, sizeof r.check_root),
		(unsigned long long)r.layout.superblock.first * BLOCK_BYTES,
		(unsigned long long)r.layout.kernel.first * BLOCK_BYTES);
	return 0;
}
