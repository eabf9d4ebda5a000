/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/heal_stream.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "heal/heal_code.h"

struct heal_stream {
	struct heal_record *r;
	const struct heal_layout *l; /* r's */
	const struct block_tree_hash *hash;
	const struct heal_voucher *voucher;
	uint8_t *behind;  /* heap: all blocks behind the volume; the kernel's parity unwoven */
	uint8_t *waiting; /* heap: the rows' */
	struct heal_code kernel, rows;
	struct block_tree *tree, *check;
	uint64_t n_covered; /* blocks that were added to the codes */
	uint64_t at;        /* the block that comes next, from the volume's start */
};

static uint8_t *block_at(const struct heal_stream *s, uint64_t block)
{
	return s->behind + (block - s->l->choice.n_data) * BLOCK_BYTES;
}

uint64_t heal_stream_memory(const struct heal_layout *l)
{
	return (l->end - l->choice.n_data + HEAL_CODE_WAITING * l->choice.row_blocks) * BLOCK_BYTES;
}

static int put_tree_block(void *ctx, uint64_t at, const uint8_t block[BLOCK_BYTES], struct fail *f)
{
	const struct heal_stream *s = ctx;

	(void)f;
	memcpy(block_at(s, s->l->tree.first + at), block, BLOCK_BYTES);
	return 0;
}

static int put_check_block(void *ctx, uint64_t at, const uint8_t block[BLOCK_BYTES], struct fail *f)
{
	const struct heal_stream *s = ctx;

	(void)f;
	memcpy(block_at(s, s->l->check.first + at), block, BLOCK_BYTES);
	return 0;
}

/* Each in one window, in its place. */
static int open_codes(struct heal_stream *s, struct fail *f)
{
	if (heal_code_open_kernel(&s->kernel, s->l, f) || heal_code_open_rows(&s->rows, s->l, f))
		return -1;
	s->kernel.window.n = s->kernel.stride;
	s->kernel.parity = block_at(s, s->l->kernel.first);
	s->rows.window.n = s->rows.stride;
	s->rows.parity = block_at(s, s->l->rows.first);
	return 0;
}

struct heal_stream *heal_stream_new(struct heal_record *r, const struct block_tree_hash *hash,
	const struct heal_voucher *voucher, struct fail *f)
{
	struct heal_stream *s = calloc(1, sizeof *s);
	const struct heal_layout *l = &r->layout;

	if (!s) {
		fail_memory(f);
		return NULL;
	}
	s->r = r;
	s->l = l;
	s->hash = hash;
	s->voucher = voucher;
	s->at = l->choice.n_data;
	s->behind = calloc(l->end - l->choice.n_data, BLOCK_BYTES);
	s->waiting = malloc(HEAL_CODE_WAITING * l->choice.row_blocks * BLOCK_BYTES);
	if (!s->behind || !s->waiting)
		fail_memory(f);
	else if (open_codes(s, f) == 0) {
		s->rows.waiting = s->waiting;
		s->tree = block_tree_new(
			l->choice.n_data, hash, &(struct block_tree_sink){ put_tree_block, s }, f);
		s->check = block_tree_new(l->check.first - l->kernel.first, hash,
			&(struct block_tree_sink){ put_check_block, s }, f);
	}
	if (s->tree && s->check)
		return s;
	heal_stream_free(s);
	return NULL;
}

static void add_covered(struct heal_stream *s, uint8_t *blocks, size_t n)
{
	heal_code_add(&s->kernel, s->n_covered, blocks, n);
	heal_code_add(&s->rows, s->n_covered, blocks, n);
	s->n_covered += n;
	if (s->n_covered == s->l->n_covered)
		heal_code_end(&s->rows, s->n_covered);
}

int heal_stream_add(struct heal_stream *s, uint8_t *blocks, size_t n, struct fail *f)
{
	const struct heal_area header = s->l->header;

	if (block_tree_add_run(s->tree, blocks, n, f))
		return -1;
	for (size_t i = 0; i < n && s->n_covered + i < header.n; i++)
		memcpy(block_at(s, header.first + s->n_covered + i), blocks + i * BLOCK_BYTES,
			BLOCK_BYTES);
	add_covered(s, blocks, n);
	return 0;
}

/* What the volume's root gives, once it is known. */
static int end_volume(struct heal_stream *s, struct fail *f)
{
	const struct heal_layout *l = s->l;

	memcpy(s->r->root, block_tree_root(s->tree), SHA256_BYTES);
	s->r->has_root = true;
	if (s->voucher->vouch && s->voucher->vouch(s->voucher->ctx, s->r, f))
		return -1;
	heal_record_with_text(s->r, HEAL_RECORD_FRONT, block_at(s, l->front.first));
	heal_record_superblock(s->r, block_at(s, l->superblock.first));
	memcpy(block_at(s, l->upper.first), block_at(s, l->tree.first),
		(size_t)l->upper.n * BLOCK_BYTES);
	return 0;
}

/* All that is left, once the parity has gone out. */
static void end_parity(struct heal_stream *s)
{
	memcpy(s->r->check_root, block_tree_root(s->check), SHA256_BYTES);
	s->r->has_check_root = true;
	heal_record_with_text(s->r, HEAL_RECORD_BACK, block_at(s, s->l->late.first));
	heal_record_with_text(s->r, HEAL_RECORD_BACK, block_at(s, s->l->last.first));
}

static int take_block(struct heal_stream *s, uint8_t out[BLOCK_BYTES], struct fail *f)
{
	const struct heal_layout *l = s->l;
	uint64_t at = s->at++;

	if (at == l->choice.n_data && end_volume(s, f))
		return -1;
	if (at == l->check.first)
		end_parity(s);
	if (at >= l->kernel.first && at - l->kernel.first < l->kernel.n)
		heal_code_weave(&s->kernel, at - l->kernel.first, out);
	else
		memcpy(out, block_at(s, at), BLOCK_BYTES);
	if (at >= l->tree.first && at < l->kernel.first)
		add_covered(s, out, 1);
	return 0;
}

/* Up to n blocks, which are all of the parity, or none. */
static size_t one_kind(const struct heal_stream *s, size_t n)
{
	const struct heal_layout *l = s->l;
	uint64_t left = (s->at < l->kernel.first         ? l->kernel.first
				: s->at < l->check.first ? l->check.first
							 : l->end) -
			s->at;

	return left < n ? (size_t)left : n;
}

ssize_t heal_stream_take(struct heal_stream *s, uint8_t *buf, size_t n, struct fail *f)
{
	bool is_parity = s->at >= s->l->kernel.first && s->at < s->l->check.first;

	n = one_kind(s, n);
	for (size_t i = 0; i < n; i++)
		if (take_block(s, buf + i * BLOCK_BYTES, f))
			return -1;
	return is_parity && block_tree_add_run(s->check, buf, n, f) ? -1 : (ssize_t)n;
}

void heal_stream_free(struct heal_stream *s)
{
	if (!s)
		return;
	block_tree_free(s->tree);
	block_tree_free(s->check);
	heal_code_close(&s->kernel);
	heal_code_close(&s->rows);
	free(s->behind);
	free(s->waiting);
	free(s);
}
