/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/payload_reader.h"

#include <stdlib.h>
#include <string.h>

#include "disc/cipher_pool.h"
#include "disc/read_ahead.h"
#include "util/sector.h"

struct payload {
	struct block_reader *medium; /* from the payload on */
	uint32_t unit;               /* blocks of an encryption sector */
	struct cipher_pool *pool;    /* NULL: in the clear */
	struct block_reader direct;  /* without read-ahead; its ctx is this */
	struct read_ahead *ahead;    /* NULL: without */
};

/* Whole encryption sectors. */
static int read_units(struct payload *p, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	if (block_reader_read(p->medium, lba, n, buf, f))
		return -1;
	if (!p->pool)
		return 0;
	return cipher_pool_decrypt(p->pool, lba * BLOCK_BYTES, buf, (size_t)n * BLOCK_BYTES, f);
}

/* One block out of an encryption sector that has two. */
static int read_from_pair(struct payload *p, uint64_t lba, uint8_t *buf, struct fail *f)
{
	uint8_t pair[2 * BLOCK_BYTES];

	if (read_units(p, lba & ~(uint64_t)1, 2, pair, f))
		return -1;
	memcpy(buf, pair + (lba & 1) * BLOCK_BYTES, BLOCK_BYTES);
	return 0;
}

/* Any blocks: the ends may lie inside of an encryption sector. */
static int read_blocks(struct payload *p, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	bool has_head = n && lba % p->unit, has_tail;

	if (has_head && read_from_pair(p, lba, buf, f))
		return -1;
	lba += has_head;
	n -= has_head;
	buf += has_head * (size_t)BLOCK_BYTES;
	has_tail = n % p->unit;
	n -= has_tail;
	if (n && read_units(p, lba, n, buf, f))
		return -1;
	return has_tail ? read_from_pair(p, lba + n, buf + (size_t)n * BLOCK_BYTES, f) : 0;
}

static int read_direct(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	struct payload *p = ctx;

	if (read_blocks(p, lba, n, buf, NULL) == 0)
		return 0;
	/* what comes before the bad block has to be there, decrypted */
	for (uint32_t i = 0; i < n; i++)
		if (read_blocks(p, lba + i, 1, buf + (size_t)i * BLOCK_BYTES, f))
			return -1;
	return 0;
}

static int read_payload(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	struct payload *p = ctx;

	return p->ahead ? read_ahead_read(p->ahead, lba, n, buf, f)
			: read_direct(p, lba, n, buf, f);
}

static void free_payload(void *ctx)
{
	struct payload *p = ctx;

	read_ahead_free(p->ahead);
	cipher_pool_free(p->pool);
	block_reader_free(p->medium);
	free(p);
}

/* How many blocks there are. */
static uint64_t count_blocks(struct payload *p, const struct volume *v)
{
	uint64_t n = p->medium->n_blocks;

	p->unit = v->cipher ? sector_cipher_sector_bytes(v->cipher) / BLOCK_BYTES : 1;
	if (p->unit == 0)
		p->unit = 1;
	if (v->payload_bytes && v->payload_bytes / BLOCK_BYTES < n)
		n = v->payload_bytes / BLOCK_BYTES;
	/* half an encryption sector at the end can't be decrypted */
	return n - n % p->unit;
}

/* What the medium has from the payload on. */
static int open_rest(
	struct payload *p, struct block_reader *medium, uint64_t offset, struct fail *f)
{
	if (offset > medium->n_blocks * BLOCK_BYTES + medium->n_tail_bytes)
		return fail_set(
			f, FAIL_MISMATCH, "", "the medium ends before the volume's payload begins");
	p->medium = block_reader_rest(medium, offset, f);
	return p->medium ? 0 : -1;
}

struct block_reader *payload_reader_new(
	struct block_reader *medium, const struct volume *volume, bool reads_ahead, struct fail *f)
{
	struct block_reader *r = calloc(1, sizeof *r);
	struct payload *p = calloc(1, sizeof *p);
	uint64_t n = 0;

	if (!r || !p) {
		fail_memory(f);
		goto failed;
	}
	if (open_rest(p, medium, volume->payload_offset, f))
		goto failed;
	n = count_blocks(p, volume);
	if (volume->cipher && !(p->pool = cipher_pool_new(volume->cipher, f)))
		goto failed;
	p->direct = (struct block_reader){ .read = read_direct, .ctx = p, .n_blocks = n };
	/* in the clear the kernel's own read-ahead does */
	if (reads_ahead && p->pool && !(p->ahead = read_ahead_new(&p->direct, f)))
		goto failed;
	*r = (struct block_reader){
		.read = read_payload, .free = free_payload, .ctx = p, .n_blocks = n
	};
	/* an encrypted volume is a disc of its own */
	if (!p->pool && volume->payload_offset == 0)
		r->session_lba = medium->session_lba;
	return r;

failed:
	if (p)
		free_payload(p);
	free(r);
	return NULL;
}
