/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small volume with healing data, found and read through them. The bytes are changes to it, four
 * for each: damage, blocks that can't be read, digests and a root that were made anew, a record of
 * another layout, an early end. As long as the root is the first one, what is read is what was
 * written, unless its digest is lost. */
#include "fuzz.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "heal/heal_encoder.h"
#include "heal/heal_finder.h"
#include "heal/heal_reader.h"
#include "util/io.h"

enum { N_DATA = 200, N_BLOCKS_MAX = 2048, CHANGES_MAX = 64, CHANGE_BYTES = 4 };

static struct heal_record made;
static uint8_t original[N_BLOCKS_MAX * BLOCK_BYTES], disc[N_BLOCKS_MAX * BLOCK_BYTES];
static bool is_bad[N_BLOCKS_MAX], is_another;
static uint64_t n_blocks;

static void digest(void *ctx, const uint8_t block[BLOCK_BYTES], uint8_t out[SHA256_BYTES])
{
	uint8_t salted[BLOCK_TREE_SALT_BYTES + BLOCK_BYTES];

	(void)ctx;
	memcpy(salted, made.salt, BLOCK_TREE_SALT_BYTES);
	memcpy(salted + BLOCK_TREE_SALT_BYTES, block, BLOCK_BYTES);
	sha256_of(salted, sizeof salted, out);
}

static const struct block_tree_hash hash = { .digest = digest };

static void make_volume(void)
{
	const struct heal_choice choice = { N_DATA, 0, 4, 8, 64 };
	int fd = memfd_create("volume", MFD_CLOEXEC);
	const struct heal_file file = { .fd = fd, .name = "volume", .hash = &hash };
	struct fail f = { 0 };

	for (size_t i = 0; i < (size_t)N_DATA * BLOCK_BYTES; i++)
		original[i] = (uint8_t)(i * 7 + i / BLOCK_BYTES * 31);
	FUZZ_MUST(heal_layout_make(&made.layout, &choice) == 0 && made.layout.end <= N_BLOCKS_MAX);
	FUZZ_MUST(io_pwrite_full(fd, original, (size_t)N_DATA * BLOCK_BYTES, 0) == 0 &&
		  heal_encoder_write(&file, &made, &f) == 0);
	made.has_root = made.has_check_root = true;
	FUZZ_MUST(heal_encoder_write_records(&file, &made, &f) == 0);
	FUZZ_MUST(io_pread_full(fd, original, made.layout.end * BLOCK_BYTES, 0) ==
		  (ssize_t)(made.layout.end * BLOCK_BYTES));
	close(fd);
}

static int read_disc(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	(void)ctx;
	for (uint32_t i = 0; i < n; i++, lba++, buf += BLOCK_BYTES) {
		if (is_bad[lba])
			return fail_set(f, FAIL_FAILED, "LBA", "can't be read");
		memcpy(buf, disc + lba * BLOCK_BYTES, BLOCK_BYTES);
	}
	return 0;
}

/* The last record, of what r says. */
static void put_record(const struct heal_record *r)
{
	heal_record_encode(
		r, HEAL_RECORD_BACK, disc + (made.layout.end - HEAL_RECORD_BLOCKS) * BLOCK_BYTES);
	is_another = true;
}

static void choose_layout(const uint8_t *change, struct heal_record *r)
{
	const struct heal_choice choice = { 2 + change[1] * 4U, change[2] > 128 ? change[2] : 0,
		change[3] % 7U * 4, 1 + change[3] % 30U, change[2] % 8U };

	if (heal_layout_make(&r->layout, &choice) == 0)
		put_record(r);
}

static void change_disc(const uint8_t *change, struct heal_record *r)
{
	uint64_t end = made.layout.end, block = (change[1] | change[2] << 8) % end;
	uint64_t n = change[3] % 64 < end - block ? change[3] % 64 : end - block;
	uint8_t *at = disc + block * BLOCK_BYTES;

	switch (change[0] % 7) {
	case 0:
		at[change[3] * 8] ^= 1 | change[3];
		break;
	case 1:
		memset(is_bad + block, true, n);
		break;
	case 2:
		memset(at, change[3], n * BLOCK_BYTES);
		break;
	case 3:
		memmove(at, disc + (change[3] * 7 % end) * BLOCK_BYTES, BLOCK_BYTES);
		break;
	case 4:
		choose_layout(change, r);
		break;
	case 5:
		n_blocks = block + 1;
		break;
	default: /* the tree is a stranger's */
		digest(NULL, disc + made.layout.tree.first * BLOCK_BYTES, r->root);
		put_record(r);
	}
}

static void read_through(struct heal_reader *reader)
{
	struct block_reader *blocks = heal_reader_blocks(reader);
	uint8_t buf[16 * BLOCK_BYTES];

	for (uint64_t lba = 0; lba < blocks->n_blocks; lba += 16) {
		uint32_t n = blocks->n_blocks - lba < 16 ? (uint32_t)(blocks->n_blocks - lba) : 16;

		if (block_reader_read(blocks, lba, n, buf, NULL))
			continue;
		FUZZ_MUST(is_another || heal_reader_counts(reader).n_unproven ||
			  !memcmp(buf, original + lba * BLOCK_BYTES, (size_t)n * BLOCK_BYTES));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct heal_search search = { .at = UINT64_MAX };
	struct block_reader medium = { .read = read_disc };
	struct heal_record found, r;
	struct heal_reader *reader;
	struct fail f = { 0 };
	bool fits;

	if (!made.has_root)
		make_volume();
	r = made;
	n_blocks = made.layout.end;
	is_another = false;
	memset(is_bad, 0, sizeof is_bad);
	memcpy(disc, original, n_blocks * BLOCK_BYTES);
	for (size_t i = 0; i + CHANGE_BYTES <= size && i < CHANGES_MAX * CHANGE_BYTES;
		i += CHANGE_BYTES)
		change_disc(data + i, &r);
	medium.n_blocks = n_blocks;
	if (heal_finder_run(&search, &medium, &found, &f) != 1)
		return 0;
	reader = heal_reader_new(&medium, &found, &hash, false, &f);
	FUZZ_MUST(reader);
	if (found.has_root) {
		FUZZ_MUST(heal_reader_fits(reader, &fits, &f) == 0);
		read_through(reader);
	}
	heal_reader_free(reader);
	return 0;
}
