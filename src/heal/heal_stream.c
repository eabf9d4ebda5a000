/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/heal_stream.h"

#include <stdlib.h>
#include <string.h>

#include "heal/galois.h"
#include "heal/rs_code.h"

enum {
	/* at a time: what pieces of this size add to stays in the processor's cache */
	PIECE_BLOCKS = 8,
	/* Symbols of a column of the rows that wait for each other. All of the parity goes through
	 * the processor once for each symbol; so it does once for these together. */
	WAITING = 4,
};

/* One of the two codes. Its parity is complete when all that is covered was added. */
struct code {
	uint64_t stride;
	unsigned n_parity;
	struct galois_map map;
	uint8_t *parity;  /* stride blocks of each symbol */
	uint8_t *waiting; /* stride blocks of WAITING symbols; NULL: none wait */
};

struct heal_stream {
	struct heal_record *r;
	const struct heal_layout *l; /* r's */
	const struct block_tree_hash *hash;
	const struct heal_voucher *voucher;
	uint8_t *behind;  /* heap: all blocks behind the volume; the kernel's parity unwoven */
	uint8_t *waiting; /* heap: the rows' */
	struct code kernel, rows;
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
	return (l->end - l->choice.n_data + WAITING * l->choice.row_blocks) * BLOCK_BYTES;
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

static int open_code(struct code *c, uint64_t stride, unsigned n_data, unsigned n_parity,
	uint8_t *parity, struct fail *f)
{
	uint8_t *matrix;
	int result = -1;

	*c = (struct code){ .stride = stride, .n_parity = n_parity, .parity = parity };
	if (!n_parity)
		return 0;
	matrix = malloc((size_t)n_data * n_parity);
	if (matrix) {
		rs_code_matrix(n_parity, n_data, matrix);
		result = galois_map_init(&c->map, matrix, n_data, n_parity);
	}
	free(matrix);
	return result ? fail_memory(f) : 0;
}

static int open_codes(struct heal_stream *s, struct fail *f)
{
	const struct heal_layout *l = s->l;
	unsigned n_roots = l->choice.n_roots;

	return open_code(&s->kernel, l->kernel_stride, RS_CODE_SYMBOLS - n_roots, n_roots,
		       block_at(s, l->kernel.first), f) ||
			       open_code(&s->rows, l->choice.row_blocks, l->n_symbols,
				       l->choice.n_rows, block_at(s, l->rows.first), f)
		       ? -1
		       : 0;
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
	s->waiting = malloc(WAITING * l->choice.row_blocks * BLOCK_BYTES);
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

/* Adds blocks of a symbol, of n columns from one on. */
static void add_symbol(struct code *c, unsigned symbol, uint64_t column, uint8_t *blocks, size_t n)
{
	uint8_t *parity[RS_CODE_SYMBOLS];

	for (unsigned j = 0; j < c->n_parity; j++)
		parity[j] = c->parity + (j * c->stride + column) * BLOCK_BYTES;
	galois_map_add(&c->map, n * BLOCK_BYTES, symbol, blocks, parity);
}

static uint8_t *waiting_at(const struct code *c, unsigned symbol, uint64_t column)
{
	return c->waiting + (symbol % WAITING * c->stride + column) * BLOCK_BYTES;
}

/* Adds those symbols that wait up to one, of n columns from one on. */
static void add_waiting(struct code *c, unsigned last, uint64_t column, size_t n)
{
	for (unsigned symbol = last - last % WAITING; symbol <= last; symbol++)
		add_symbol(c, symbol, column, waiting_at(c, symbol, column), n);
}

/* Adds n of the covered blocks, from the at-th on, to a code's parity. */
static void add_to_code(struct code *c, uint64_t at, uint8_t *blocks, size_t n)
{
	while (c->n_parity && n > 0) {
		unsigned symbol = (unsigned)(at / c->stride);
		uint64_t column = at % c->stride, left = c->stride - column;
		size_t run = n < PIECE_BLOCKS ? n : PIECE_BLOCKS;

		run = left < run ? (size_t)left : run;
		if (!c->waiting)
			add_symbol(c, symbol, column, blocks, run);
		else {
			memcpy(waiting_at(c, symbol, column), blocks, run * BLOCK_BYTES);
			if (symbol % WAITING == WAITING - 1)
				add_waiting(c, symbol, column, run);
		}
		at += run;
		blocks += run * BLOCK_BYTES;
		n -= run;
	}
}

/* Adds what still waits, once all is covered. Columns from one on have a symbol less. */
static void add_rest(struct code *c, uint64_t n_covered)
{
	unsigned last = (unsigned)((n_covered - 1) / c->stride);
	uint64_t n_columns = n_covered - last * c->stride;

	for (uint64_t column = 0, run; column < c->stride; column += run) {
		bool has_last = column < n_columns;

		run = (has_last ? n_columns : c->stride) - column;
		run = run < PIECE_BLOCKS ? run : PIECE_BLOCKS;
		if (has_last && last % WAITING != WAITING - 1)
			add_waiting(c, last, column, (size_t)run);
		if (!has_last && last % WAITING != 0)
			add_waiting(c, last - 1, column, (size_t)run);
	}
}

static void add_covered(struct heal_stream *s, uint8_t *blocks, size_t n)
{
	add_to_code(&s->kernel, s->n_covered, blocks, n);
	add_to_code(&s->rows, s->n_covered, blocks, n);
	s->n_covered += n;
	if (s->n_covered == s->l->n_covered)
		add_rest(&s->rows, s->n_covered);
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

/* A block of the kernel's parity, which has the bytes of a code word side by side. */
static void weave(const struct code *c, uint64_t at, uint8_t out[BLOCK_BYTES])
{
	const uint8_t *column = c->parity + at / c->n_parity * BLOCK_BYTES;
	size_t first = (size_t)(at % c->n_parity) * BLOCK_BYTES;

	for (size_t i = first; i < first + BLOCK_BYTES; i++)
		out[i - first] =
			column[i % c->n_parity * c->stride * BLOCK_BYTES + i / c->n_parity];
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
		weave(&s->kernel, at - l->kernel.first, out);
	else
		memcpy(out, block_at(s, at), BLOCK_BYTES);
	if (at >= l->tree.first && at < l->kernel.first)
		add_covered(s, out, 1);
	if (at >= l->kernel.first && at < l->check.first)
		return block_tree_add(s->check, out, f);
	return 0;
}

ssize_t heal_stream_take(struct heal_stream *s, uint8_t *buf, size_t n, struct fail *f)
{
	size_t put = 0;

	for (; put < n && s->at < s->l->end; put++)
		if (take_block(s, buf + put * BLOCK_BYTES, f))
			return -1;
	return (ssize_t)put;
}

void heal_stream_free(struct heal_stream *s)
{
	if (!s)
		return;
	block_tree_free(s->tree);
	block_tree_free(s->check);
	galois_map_clear(&s->kernel.map);
	galois_map_clear(&s->rows.map);
	free(s->behind);
	free(s->waiting);
	free(s);
}
