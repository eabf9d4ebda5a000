/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds healing data to an image, and repairs one in place, through src/heal alone: a tool for the
 * tests.
 *
 *     heal_image IMAGE ROOTS ROWS HEADER ROW_BLOCKS [ANCHOR]...
 *
 * Anchors replace blocks of the image. The salt is 20 to 3f, in hexadecimal, and the UUID
 * 00112233-4455-6677-8899-aabbccddeeff. Prints "ROOT CHECK_ROOT HASH_OFFSET FEC_OFFSET" (bytes).
 *
 *     heal_image repair IMAGE [search]
 *
 * Reads lines "FIRST COUNT" of unreadable blocks from stdin. Prints "UNREADABLE DIFFERING HEALED
 * LOST PROVEN", then a line "FIRST-LAST" for each run of lost blocks; the status is 5 if there are
 * any.
 *
 *     heal_image damage IMAGE
 *
 * Writes noise over the blocks that stdin names in the same way. */
#include "heal/block_states.h"
#include "heal/heal_encoder.h"
#include "heal/heal_finder.h"
#include "heal/healer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
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
	const struct block_tree_hash hash = { salted_digest_of, digest, salted_digest_of_run };
	const struct heal_file file = { fd, name, &hash, NULL };
	int result = -1;

	if (digest && heal_encoder_write(&file, &r, f) == 0 && salted_digest_check(digest, f) == 0)
		result = heal_encoder_write_records(&file, &r, f);
	salted_digest_free(digest);
	return result;
}

/* What stdin names becomes unreadable, and zeros. */
static void lose(int fd, uint8_t *states, uint64_t n_blocks)
{
	static const uint8_t zeros[BLOCK_BYTES];
	unsigned long long first, count;

	while (scanf("%llu %llu", &first, &count) == 2)
		for (; count > 0 && first < n_blocks; first++, count--) {
			states[first] = BLOCK_UNREADABLE;
			if (pwrite(fd, zeros, BLOCK_BYTES, (off_t)(first * BLOCK_BYTES)) < 0)
				exit(1);
		}
}

static int damage(const char *name)
{
	int fd = open(name, O_RDWR | O_CLOEXEC);
	unsigned long long first, count;
	uint8_t noise[BLOCK_BYTES];
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return 1;
	while (scanf("%llu %llu", &first, &count) == 2)
		for (; count > 0 && first < (uint64_t)st.st_size / BLOCK_BYTES; first++, count--)
			if (getrandom(noise, sizeof noise, 0) != (ssize_t)sizeof noise ||
				pwrite(fd, noise, BLOCK_BYTES, (off_t)(first * BLOCK_BYTES)) < 0)
				return 1;
	return close(fd);
}

static int heal(int fd, const char *name, uint8_t *states, struct fail *f)
{
	struct salted_digest *digest = salted_digest_new(r.salt, sizeof r.salt, f);
	const struct block_tree_hash hash = { salted_digest_of, digest, salted_digest_of_run };
	const struct heal_file file = { fd, name, &hash, NULL };
	const struct heal_area data = { 0, r.layout.choice.n_data };
	const struct heal_area digested = { 0, r.layout.check.first + r.layout.check.n };
	uint64_t n, first = 0, counts[BLOCK_STATES];
	uint8_t *found = malloc(r.layout.end);
	struct healer_outcome o;

	if (!digest || !found)
		return told(f);
	memcpy(found, states, r.layout.end);
	if (healer_run(&file, &r, states, found, &o, f) ||
		(o.n_lost == 0 && healer_finish(&file, &r, f)))
		return told(f);
	salted_digest_free(digest);
	block_states_count(found, digested, counts);
	free(found);
	printf("%llu %llu %llu %llu %d\n", (unsigned long long)counts[BLOCK_UNREADABLE],
		(unsigned long long)counts[BLOCK_DIFFERS], (unsigned long long)o.n_healed,
		(unsigned long long)o.n_lost, o.is_proven);
	while ((n = block_states_next_wrong(states, data, first, &first)) > 0) {
		printf("%llu-%llu\n", (unsigned long long)first,
			(unsigned long long)(first + n - 1));
		first += n;
	}
	return o.n_lost ? 5 : 0;
}

static int repair(const char *name, bool everywhere)
{
	const struct heal_search search = { .at = UINT64_MAX, .everywhere = everywhere };
	struct block_reader *reader;
	struct fail f = { 0 };
	uint8_t *states;
	int fd, found;

	reader = block_reader_open_file(name, &f);
	fd = open(name, O_RDWR | O_CLOEXEC);
	if (!reader || fd < 0)
		return told(&f);
	found = heal_finder_run(&search, reader, &r, &f);
	block_reader_free(reader);
	if (found != 1) {
		fprintf(stderr, "no healing data\n");
		return 3;
	}
	states = calloc(1, r.layout.end);
	if (!states || ftruncate(fd, (off_t)(r.layout.end * BLOCK_BYTES)))
		return 1;
	lose(fd, states, r.layout.end);
	found = heal(fd, name, states, &f);
	free(states);
	close(fd);
	return found;
}

static int put_anchors(int fd, char **places)
{
	uint8_t block[BLOCK_BYTES];

	heal_record_encode(&r, HEAL_RECORD_ANCHOR, block);
	for (; *places; places++)
		if (pwrite(fd, block, BLOCK_BYTES,
			    (off_t)(strtoull(*places, NULL, 10) * BLOCK_BYTES)) < 0)
			return -1;
	return 0;
}

int main(int argc, char **argv)
{
	char root[2 * SHA256_BYTES + 1], check_root[2 * SHA256_BYTES + 1];
	struct heal_choice c;
	struct fail f = { 0 };
	struct stat st;
	int fd;

	if (argc > 2 && !strcmp(argv[1], "repair"))
		return repair(argv[2], argc > 3);
	if (argc == 3 && !strcmp(argv[1], "damage"))
		return damage(argv[2]);
	if (argc < 6)
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
		put_anchors(fd, argv + 6) || make(fd, argv[1], &f) || close(fd))
		return told(&f);
	printf("%s %s %llu %llu\n", hex_write(root, r.root, sizeof r.root),
		hex_write(check_root, r.check_root, sizeof r.check_root),
		(unsigned long long)r.layout.superblock.first * BLOCK_BYTES,
		(unsigned long long)r.layout.kernel.first * BLOCK_BYTES);
	return 0;
}
