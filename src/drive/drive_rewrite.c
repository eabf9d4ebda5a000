/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/drive_rewrite.h"

#include <stdlib.h>
#include <string.h>

#include "drive/drive_inner.h"
#include "drive/drive_reader.h"
#include "util/block_reader.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

/* Whole units of the medium. */
struct units {
	uint64_t lba;
	uint32_t n;
	uint8_t *old, *new, *seen;
};

static int read_units(struct drive *d, const struct units *u, uint8_t *buf, struct fail *f)
{
	struct block_reader *r = drive_reader_new(d, f);
	int result = r ? block_reader_read(r, u->lba, u->n, buf, f) : -1;

	block_reader_free(r);
	return result;
}

static int write_units(struct drive *d, const struct units *u, uint8_t *blocks, struct fail *f)
{
	enum { FLUSH = 1 };
	struct complaint c = { 0 };
	int result;

	library_drop();
	result = burn_random_access_write(d->handle, (off_t)(u->lba * BLOCK_BYTES), (char *)blocks,
		(off_t)u->n * BLOCK_BYTES, FLUSH);
	library_collect(&c, d->m);
	if (result > 0 && !c.is_set)
		return 0;
	return drive_complain(
		d, FAIL_FAILED, "what the disc begins with can't be written anew", &c, f);
}

static int write_and_compare(struct drive *d, const struct units *u, struct fail *f)
{
	if (write_units(d, u, u->new, f) || drive_regrab(d, f) || read_units(d, u, u->seen, f))
		return -1;
	if (memcmp(u->seen, u->new, (size_t)u->n * BLOCK_BYTES) == 0)
		return 0;
	return fail_set(f, FAIL_MISMATCH, d->path,
		"what the disc begins with was written anew, but reads differently");
}

static int rewrite(struct drive *d, const struct units *u, uint64_t lba, uint32_t n,
	const uint8_t *blocks, struct fail *f)
{
	if (read_units(d, u, u->old, f))
		return -1;
	memcpy(u->new, u->old, (size_t)u->n * BLOCK_BYTES);
	memcpy(u->new + (lba - u->lba) * BLOCK_BYTES, blocks, (size_t)n * BLOCK_BYTES);
	if (write_and_compare(d, u, f) == 0)
		return 0;
	if (d->handle)
		write_units(d, u, u->old, NULL);
	return -1;
}

int drive_rewrite(struct drive *d, uint64_t lba, uint32_t n, const uint8_t *blocks, struct fail *f)
{
	struct units u = { 0 };
	size_t n_bytes;
	int result = -1;

	if (!d->kind || !d->kind->is_overwritable)
		return fail_set(f, FAIL_DRIVE, d->path,
			"the %s is written once: what it holds can't be changed", d->facts.medium);
	if (signals_caught())
		return fail_set(
			f, FAIL_FAILED, d->path, "interrupted by %s", signals_caught_name());
	u.lba = lba - lba % d->kind->unit_blocks;
	u.n = (uint32_t)(size_round_up(lba + n, d->kind->unit_blocks) - u.lba);
	n_bytes = (size_t)u.n * BLOCK_BYTES;
	u.old = malloc(3 * n_bytes);
	if (!u.old)
		return fail_memory(f);
	u.new = u.old + n_bytes;
	u.seen = u.new + n_bytes;
	result = rewrite(d, &u, lba, n, blocks, f);
	free(u.old);
	return result;
}
