/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/plain_reader.h"

#include <errno.h>
#include <stdlib.h>

#include "util/sector.h"

struct plain_reader {
	struct block_reader *blocks;
	struct sector_cipher *cipher; /* a clone; NULL: in the clear */
	uint64_t first;               /* the payload's first block */
};

static int read_plain(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	struct plain_reader *p = ctx;

	if (block_reader_read(p->blocks, p->first + lba, n, buf, f))
		return -1;
	if (!p->cipher)
		return 0;
	return sector_cipher_decrypt(p->cipher, lba * BLOCK_BYTES, buf, (size_t)n * BLOCK_BYTES, f);
}

static void free_plain(void *ctx)
{
	struct plain_reader *p = ctx;

	sector_cipher_free(p->cipher);
	free(p);
}

struct block_reader *plain_reader_new(struct block_reader *blocks, const struct volume *volume,
	uint64_t payload_bytes, struct fail *f)
{
	struct block_reader *r = calloc(1, sizeof *r);
	struct plain_reader *p = calloc(1, sizeof *p);
	uint64_t n;

	if (!r || !p) {
		errno = ENOMEM;
		fail_errno(f, FAIL_FAILED, "", "can't get memory to read the volume");
		goto failed;
	}
	p->blocks = blocks;
	p->first = volume->payload_offset / BLOCK_BYTES;
	if (p->first > blocks->n_blocks) {
		fail_set(
			f, FAIL_MISMATCH, "", "the medium ends before the volume's payload begins");
		goto failed;
	}
	if (volume->cipher && !(p->cipher = sector_cipher_clone(volume->cipher, f)))
		goto failed;
	n = blocks->n_blocks - p->first;
	if (payload_bytes && payload_bytes / BLOCK_BYTES < n)
		n = payload_bytes / BLOCK_BYTES;
	*r = (struct block_reader){
		.read = read_plain, .free = free_plain, .ctx = p, .n_blocks = n
	};
	return r;

failed:
	free(p);
	free(r);
	return NULL;
}
