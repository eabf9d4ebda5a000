/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/drive_reader.h"

#include <stdio.h>
#include <stdlib.h>

#include "drive/drive_inner.h"
#include "util/sector.h"

enum {
	BATCH_BLOCKS = 32, /* 64 KiB: what libburn sends in one READ command */
	/* flags of burn_read_data */
	NO_COMPLAINT = 2,
	NO_SINGLE_STEPS = 4,
};

/* Reads blocks in one go. True where all came. */
static bool read_some(struct drive *d, uint64_t lba, uint32_t n, uint8_t *buf, int flags)
{
	off_t got = 0, want = (off_t)n * BLOCK_BYTES;

	return burn_read_data(d->handle, (off_t)lba * BLOCK_BYTES, (char *)buf, want, &got, flags) >
		       0 &&
	       got == want;
}

/* Reads a batch block by block, after it failed as a whole: names the block that is to blame. */
static int read_singly(struct drive *d, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	for (uint32_t i = 0; i < n; i++) {
		struct complaint c = { 0 };
		char object[32];
		const char *words;

		if (read_some(d, lba + i, 1, buf + (size_t)i * BLOCK_BYTES, NO_SINGLE_STEPS))
			continue;
		library_collect(&c, NULL);
		words = sense_words(c.sense);
		snprintf(object, sizeof object, "LBA %llu", (unsigned long long)(lba + i));
		return fail_set(f, FAIL_FAILED, object, "%s (%s)", words ? words : "can't be read",
			c.is_set ? c.text : "the drive gave no reason");
	}
	return 0;
}

static int read_blocks(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	struct drive *d = ctx;

	while (n > 0) {
		uint32_t batch = n < BATCH_BLOCKS ? n : BATCH_BLOCKS;

		if (!read_some(d, lba, batch, buf, NO_COMPLAINT | NO_SINGLE_STEPS) &&
			read_singly(d, lba, batch, buf, f))
			return -1;
		lba += batch;
		n -= batch;
		buf += (size_t)batch * BLOCK_BYTES;
	}
	return 0;
}

static void keep_drive(void *ctx)
{
	(void)ctx;
}

struct block_reader *drive_reader_new(struct drive *d, struct fail *f)
{
	struct block_reader *r;

	if (!d->handle || d->facts.n_blocks_used == 0) {
		fail_set(f, FAIL_DRIVE, d->path, "there is nothing on the medium to read");
		return NULL;
	}
	r = calloc(1, sizeof *r);
	if (!r) {
		fail_memory(f);
		return NULL;
	}
	*r = (struct block_reader){ .read = read_blocks,
		.free = keep_drive,
		.ctx = d,
		.n_blocks = d->facts.n_blocks_used };
	return r;
}
