/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/small_disc.h"

#include <string.h>

#include "util/number.h"

uint8_t disc[DISC_BLOCKS][BLOCK_BYTES];
uint64_t bad_block;
size_t root_end, dir_end;

static int read_disc(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	(void)ctx;
	if (bad_block && bad_block >= lba && bad_block < lba + n)
		return fail_set(f, FAIL_FAILED, "LBA", "can't be read");
	memcpy(buf, disc[lba], (size_t)n * BLOCK_BYTES);
	return 0;
}

struct block_reader small_disc = { .read = read_disc, .n_blocks = DISC_BLOCKS };

uint8_t *put_record(uint8_t *block, size_t *end, const char *name, size_t n_name, uint32_t lba,
	uint32_t n_bytes, int flags, const void *fields, size_t n_fields)
{
	uint8_t *r = block + *end;
	size_t n = 33 + n_name + (n_name % 2 == 0);

	memset(r, 0, n);
	number_put_le32(r + 2, lba);
	number_put_le32(r + 10, n_bytes);
	r[25] = (uint8_t)flags;
	r[32] = (uint8_t)n_name;
	memcpy(r + 33, name, n_name);
	memcpy(r + n, fields, n_fields);
	r[0] = (uint8_t)(n + n_fields);
	*end += r[0];
	return r;
}

uint8_t *put_root(const char *name, uint32_t lba, uint32_t n_bytes, int flags)
{
	return put_record(disc[ROOT], &root_end, name, strlen(name), lba, n_bytes, flags, "", 0);
}

uint8_t *put_dir(const char *name, uint32_t lba, uint32_t n_bytes, int flags)
{
	return put_record(disc[DIR], &dir_end, name, strlen(name), lba, n_bytes, flags, "", 0);
}

static const uint8_t sp_er[] = "SP\7\1\276\357\0ER\22\1\12\0\0\1IEEE_P1282";

void small_disc_start(bool with_rock_ridge)
{
	size_t n_fields = with_rock_ridge ? sizeof sp_er - 1 : 0, at = 156;
	uint8_t *p = disc[16];

	memset(disc, 0, sizeof disc);
	bad_block = 0;
	root_end = dir_end = 0;
	memcpy(p, "\1CD001\1", 7);
	number_put_le32(p + 80, DISC_BLOCKS);
	p[129] = 8; /* 2048 */
	put_record(p, &at, "", 1, ROOT, BLOCK_BYTES, 2, "", 0);
	memcpy(disc[17], "\377CD001\1", 7);
	put_record(disc[ROOT], &root_end, "", 1, ROOT, BLOCK_BYTES, 2, sp_er, n_fields);
	put_record(disc[ROOT], &root_end, "\1", 1, ROOT, BLOCK_BYTES, 2, "", 0);
	put_record(disc[DIR], &dir_end, "", 1, DIR, BLOCK_BYTES, 2, "", 0);
	put_record(disc[DIR], &dir_end, "\1", 1, ROOT, BLOCK_BYTES, 2, "", 0);
	put_root("A.;1", 30, 4000, 0);
	put_root("D", DIR, BLOCK_BYTES, 2);
	put_dir("C", 50, 1, 0);
}
