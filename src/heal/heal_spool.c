/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/heal_spool.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heal/heal_code.h"
#include "util/io.h"
#include "util/signals.h"

enum { BUF_BLOCKS = 256 };

struct heal_spool {
	struct heal_record *r;
	const struct heal_layout *l; /* r's */
	struct block_tree_hash hash;
	struct heal_voucher voucher;
	int fd;
	const char *name;
	unsigned n_passes, pass;
	struct heal_code kernel, rows;
	uint8_t *parity; /* heap: of both windows */
	struct block_tree *tree;
	struct block_tree_shape shape; /* the tree's */
	uint64_t n_added;              /* blocks of the volume, in this pass */
	uint64_t leaf_at; /* of the block below, in the lowest level; UINT64_MAX: none */
	uint8_t leaf[BLOCK_BYTES];
	uint64_t n_changed;
	uint64_t at; /* the block that is taken next */
	uint8_t buf[BUF_BLOCKS * BLOCK_BYTES];
};

static int read_blocks(struct heal_spool *s, uint64_t block, size_t n, uint8_t *buf, struct fail *f)
{
	uint64_t offset = (block - s->l->choice.n_data) * BLOCK_BYTES;

	if (io_pread_full(s->fd, buf, n * BLOCK_BYTES, offset) == (ssize_t)(n * BLOCK_BYTES))
		return 0;
	return signals_caught() ? fail_set(f, FAIL_FAILED, "", "interrupted")
				: fail_errno(f, FAIL_FAILED, s->name, "can't be read");
}

static int write_blocks(
	struct heal_spool *s, uint64_t block, size_t n, const uint8_t *buf, struct fail *f)
{
	uint64_t offset = (block - s->l->choice.n_data) * BLOCK_BYTES;

	if (io_pwrite_full(s->fd, buf, n * BLOCK_BYTES, offset))
		return fail_errno(f, FAIL_FAILED, s->name, "can't be written");
	return 0;
}

static int put_tree_block(void *ctx, uint64_t at, const uint8_t block[BLOCK_BYTES], struct fail *f)
{
	struct heal_spool *s = ctx;

	return write_blocks(s, s->l->tree.first + at, 1, block, f);
}

static int put_check_block(void *ctx, uint64_t at, const uint8_t block[BLOCK_BYTES], struct fail *f)
{
	struct heal_spool *s = ctx;

	return write_blocks(s, s->l->check.first + at, 1, block, f);
}

/* One n-th of a code's columns. */
static struct heal_area window_of(uint64_t stride, unsigned pass, unsigned n_passes)
{
	uint64_t first = stride * pass / n_passes;

	return (struct heal_area){ first, stride * (pass + 1) / n_passes - first };
}

uint64_t heal_spool_memory(const struct heal_layout *l, unsigned n_passes)
{
	/* at most one column more than the average */
	return ((l->kernel_stride / n_passes + 1) * l->choice.n_roots +
		       (l->choice.row_blocks / n_passes + 1) * l->choice.n_rows) *
	       BLOCK_BYTES;
}

unsigned heal_spool_passes(const struct heal_layout *l, uint64_t max_memory)
{
	for (unsigned n = 1; n <= HEAL_SPOOL_PASSES_MAX; n++)
		if (heal_spool_memory(l, n) <= max_memory)
			return n;
	return 0;
}

/* Room for parity that is zeros, for the columns of the next pass. */
static void begin_pass(struct heal_spool *s)
{
	s->kernel.window = window_of(s->kernel.stride, s->pass, s->n_passes);
	s->rows.window = window_of(s->rows.stride, s->pass, s->n_passes);
	s->kernel.parity = s->parity;
	s->rows.parity = s->parity + heal_code_blocks(&s->kernel) * BLOCK_BYTES;
	memset(s->parity, 0,
		(heal_code_blocks(&s->kernel) + heal_code_blocks(&s->rows)) * BLOCK_BYTES);
	s->n_added = 0;
	s->leaf_at = UINT64_MAX;
}

struct heal_spool *heal_spool_new(struct heal_record *r, const struct block_tree_hash *hash,
	const struct heal_voucher *voucher, int fd, const char *name, unsigned n_passes,
	struct fail *f)
{
	struct heal_spool *s = calloc(1, sizeof *s);
	const struct heal_layout *l = &r->layout;

	if (!s) {
		fail_memory(f);
		return NULL;
	}
	s->r = r;
	s->l = l;
	s->hash = *hash;
	s->voucher = *voucher;
	s->fd = fd;
	s->name = name;
	s->n_passes = n_passes;
	s->at = l->choice.n_data;
	block_tree_shape(&s->shape, l->choice.n_data);
	s->parity = malloc(heal_spool_memory(l, n_passes));
	s->tree = block_tree_new(
		l->choice.n_data, hash, &(struct block_tree_sink){ put_tree_block, s }, f);
	if (!s->parity)
		fail_memory(f);
	else if (ftruncate(fd, (off_t)((l->end - l->choice.n_data) * BLOCK_BYTES)))
		fail_errno(f, FAIL_FAILED, name, "can't be made longer");
	else if (s->tree && heal_code_open_kernel(&s->kernel, l, f) == 0 &&
		 heal_code_open_rows(&s->rows, l, f) == 0) {
		begin_pass(s);
		return s;
	}
	heal_spool_free(s);
	return NULL;
}

/* How many of n blocks of the volume, from the next one on, have another digest than in the first
 * pass; -1 with f filled. n is at most BLOCK_TREE_DIGESTS. */
static int count_others(struct heal_spool *s, const uint8_t *blocks, size_t n, struct fail *f)
{
	uint8_t digests[BLOCK_TREE_DIGESTS * SHA256_BYTES];
	int n_others = 0;

	block_tree_digest_run(&s->hash, blocks, n, digests);
	for (size_t i = 0; i < n; i++, s->n_added++) {
		uint64_t leaf = s->n_added / BLOCK_TREE_DIGESTS;
		const uint8_t *old = s->leaf + s->n_added % BLOCK_TREE_DIGESTS * SHA256_BYTES;

		if (leaf != s->leaf_at &&
			read_blocks(s, s->l->tree.first + s->shape.first[0] + leaf, 1, s->leaf, f))
			return -1;
		s->leaf_at = leaf;
		n_others += memcmp(digests + i * SHA256_BYTES, old, SHA256_BYTES) != 0;
	}
	return n_others;
}

int heal_spool_compare(struct heal_spool *s, const uint8_t *blocks, size_t n, struct fail *f)
{
	while (n > 0) {
		size_t run = n < BLOCK_TREE_DIGESTS ? n : BLOCK_TREE_DIGESTS;
		int n_others = count_others(s, blocks, run, f);

		if (n_others < 0)
			return -1;
		s->n_changed += (uint64_t)n_others;
		blocks += run * BLOCK_BYTES;
		n -= run;
	}
	return 0;
}

static int add_first(struct heal_spool *s, const uint8_t *blocks, size_t n, struct fail *f)
{
	const struct heal_area header = s->l->header;
	uint64_t left = s->n_added < header.n ? header.n - s->n_added : 0;

	if (left &&
		write_blocks(s, header.first + s->n_added, left < n ? (size_t)left : n, blocks, f))
		return -1;
	s->n_added += n;
	return block_tree_add_run(s->tree, blocks, n, f);
}

static int add_again(struct heal_spool *s, const uint8_t *blocks, size_t n, struct fail *f)
{
	if (heal_spool_compare(s, blocks, n, f))
		return -1;
	if (!s->n_changed)
		return 0;
	fail_set(f, FAIL_FAILED, "",
		"what is burned has changed while its healing data were computed: nothing was "
		"burned");
	fail_hint(f, "burn again when nobody writes to the sources");
	return -1;
}

int heal_spool_add(struct heal_spool *s, uint8_t *blocks, size_t n, struct fail *f)
{
	uint64_t first = s->n_added;

	if (s->pass == 0 ? add_first(s, blocks, n, f) : add_again(s, blocks, n, f))
		return -1;
	heal_code_add(&s->kernel, first, blocks, n);
	heal_code_add(&s->rows, first, blocks, n);
	return 0;
}

/* The tree, and the zeros behind it, are covered, too. */
static int add_tree(struct heal_spool *s, struct fail *f)
{
	uint64_t at = s->l->choice.n_data;

	while (at < s->l->n_covered) {
		uint64_t left = s->l->n_covered - at;
		size_t n = left < BUF_BLOCKS ? (size_t)left : BUF_BLOCKS;

		if (read_blocks(s, heal_layout_covered(s->l, at), n, s->buf, f))
			return -1;
		heal_code_add(&s->kernel, at, s->buf, n);
		heal_code_add(&s->rows, at, s->buf, n);
		at += n;
	}
	return 0;
}

static int write_kernel(struct heal_spool *s, struct fail *f)
{
	uint64_t n_all = heal_code_blocks(&s->kernel);
	uint64_t to = s->l->kernel.first + s->kernel.window.first * s->kernel.n_parity;

	for (uint64_t at = 0; at < n_all;) {
		size_t n = n_all - at < BUF_BLOCKS ? (size_t)(n_all - at) : BUF_BLOCKS;

		for (size_t i = 0; i < n; i++)
			heal_code_weave(&s->kernel, at + i, s->buf + i * BLOCK_BYTES);
		if (write_blocks(s, to + at, n, s->buf, f))
			return -1;
		at += n;
	}
	return 0;
}

static int write_rows(struct heal_spool *s, struct fail *f)
{
	const struct heal_area *w = &s->rows.window;

	for (unsigned j = 0; j < s->rows.n_parity; j++)
		if (write_blocks(s, s->l->rows.first + j * s->rows.stride + w->first, w->n,
			    s->rows.parity + j * w->n * BLOCK_BYTES, f))
			return -1;
	return 0;
}

static int write_check(struct heal_spool *s, struct fail *f)
{
	uint64_t at = s->l->kernel.first, end = s->l->check.first;
	struct block_tree *t = block_tree_new(
		end - at, &s->hash, &(struct block_tree_sink){ put_check_block, s }, f);
	int result = t ? 0 : -1;

	while (result == 0 && at < end) {
		size_t n = end - at < BUF_BLOCKS ? (size_t)(end - at) : BUF_BLOCKS;

		result = read_blocks(s, at, n, s->buf, f);
		if (result == 0)
			result = block_tree_add_run(t, s->buf, n, f);
		at += n;
	}
	if (result == 0)
		memcpy(s->r->check_root, block_tree_root(t), SHA256_BYTES);
	block_tree_free(t);
	return result;
}

static int copy_upper(struct heal_spool *s, struct fail *f)
{
	for (uint64_t at = 0; at < s->l->upper.n;) {
		uint64_t left = s->l->upper.n - at;
		size_t n = left < BUF_BLOCKS ? (size_t)left : BUF_BLOCKS;

		if (read_blocks(s, s->l->tree.first + at, n, s->buf, f) ||
			write_blocks(s, s->l->upper.first + at, n, s->buf, f))
			return -1;
		at += n;
	}
	return 0;
}

static int write_record(
	struct heal_spool *s, enum heal_record_kind kind, struct heal_area to, struct fail *f)
{
	heal_record_with_text(s->r, kind, s->buf);
	return write_blocks(s, to.first, to.n, s->buf, f);
}

/* What follows from the roots. */
static int end_all(struct heal_spool *s, struct fail *f)
{
	memcpy(s->r->root, block_tree_root(s->tree), SHA256_BYTES);
	s->r->has_root = s->r->has_check_root = true;
	if (s->voucher.vouch && s->voucher.vouch(s->voucher.ctx, s->r, f))
		return -1;
	s->leaf_at = UINT64_MAX;
	s->n_added = 0;
	heal_record_superblock(s->r, s->buf);
	return write_blocks(s, s->l->superblock.first, 1, s->buf, f) ||
			       write_record(s, HEAL_RECORD_FRONT, s->l->front, f) ||
			       write_record(s, HEAL_RECORD_BACK, s->l->late, f) ||
			       write_record(s, HEAL_RECORD_BACK, s->l->last, f)
		       ? -1
		       : 0;
}

int heal_spool_end_pass(struct heal_spool *s, struct fail *f)
{
	if (add_tree(s, f) || write_kernel(s, f) || write_rows(s, f))
		return -1;
	if (++s->pass < s->n_passes) {
		begin_pass(s);
		return 0;
	}
	free(s->parity);
	s->parity = NULL;
	return write_check(s, f) || copy_upper(s, f) || end_all(s, f) ? -1 : 0;
}

uint64_t heal_spool_n_changed(const struct heal_spool *s)
{
	return s->n_changed;
}

ssize_t heal_spool_take(struct heal_spool *s, uint8_t *buf, size_t n, struct fail *f)
{
	uint64_t left = s->l->end - s->at;

	n = left < n ? (size_t)left : n;
	if (n && read_blocks(s, s->at, n, buf, f))
		return -1;
	s->at += n;
	return (ssize_t)n;
}

void heal_spool_free(struct heal_spool *s)
{
	if (!s)
		return;
	block_tree_free(s->tree);
	heal_code_close(&s->kernel);
	heal_code_close(&s->rows);
	free(s->parity);
	free(s);
}
