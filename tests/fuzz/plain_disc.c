/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plain_disc.h"

#include <string.h>

#include "util/sector.h"

enum { FIRST = 16 };

static int read_disc(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	const struct plain_disc *d = ctx;

	for (uint64_t b = lba; b < lba + n; b++, buf += BLOCK_BYTES) {
		size_t at = (size_t)(b - FIRST) * BLOCK_BYTES;

		if (b == 40 && d->size % 2)
			return fail_set(f, FAIL_FAILED, "LBA 40", "can't be read");
		memset(buf, 0, BLOCK_BYTES);
		if (b >= FIRST && at < d->size)
			memcpy(buf, d->data + at,
				d->size - at < BLOCK_BYTES ? d->size - at : BLOCK_BYTES);
	}
	return 0;
}

void plain_disc_init(struct plain_disc *d, const uint8_t *data, size_t size)
{
	*d = (struct plain_disc){ .data = data,
		.size = size,
		.blocks = {
			.read = read_disc, .ctx = d, .n_blocks = FIRST + size / BLOCK_BYTES + 8 } };
}
