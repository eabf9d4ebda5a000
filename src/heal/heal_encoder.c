/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/heal_encoder.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heal/galois.h"
#include "heal/rs_code.h"
#include "util/io.h"
#include "util/signals.h"

enum {
	READ_BLOCKS = 512,
	/* Of each symbol at a time: all of them stay in the processor's cache, side by side. Where
	 * they are read to they are too far apart, each on a page of its own. */
	PIECE_BYTES = 1024,
	PIECE_STEP = PIECE_BYTES + 64, /* to another set of the cache */
};
#define STRIP_BYTES ((size_t)256 << 20)

struct encoder {
	const struct heal_file *file;
	struct heal_record *r;
	const struct heal_layout *l; /* r's */
	uint64_t n_done;             /* blocks, for the watch */
	struct fail *f;
};

static int fail_read(const struct encoder *e)
{
	return signals_caught() ? fail_set(e->f, FAIL_FAILED, "", "interrupted")
				: fail_errno(e->f, FAIL_FAILED, e->file->name, "can't be read");
}

/* Reads n blocks from one on; what the file lacks is zeros. */
static int read_blocks(struct encoder *e, uint64_t block, size_t n, uint8_t *buf)
{
	ssize_t got = io_pread_full(e->file->fd, buf, n * BLOCK_BYTES, block * BLOCK_BYTES);

	if (got < 0)
		return fail_read(e);
	memset(buf + got, 0, n * BLOCK_BYTES - (size_t)got);
	e->n_done += n;
	progress_tick(e->file->watch, "computing healing data", e->n_done * BLOCK_BYTES, 0);
	return signals_caught() ? fail_read(e) : 0;
}

static int write_blocks(const struct encoder *e, uint64_t block, size_t n, const uint8_t *buf)
{
	if (io_pwrite_full(e->file->fd, buf, n * BLOCK_BYTES, block * BLOCK_BYTES))
		return fail_errno(e->f, FAIL_FAILED, e->file->name, "can't be written");
	return 0;
}

/* Where a tree goes. */
struct tree_place {
	struct encoder *e;
	uint64_t first;
};

static int put_tree_block(void *ctx, uint64_t at, const uint8_t block[BLOCK_BYTES], struct fail *f)
{
	const struct tree_place *place = ctx;

	(void)f; /* the encoder's */
	return write_blocks(place->e, place->first + at, 1, block);
}

static int add_blocks(struct encoder *e, struct block_tree *t, struct heal_area of, uint8_t *buf)
{
	for (uint64_t at = 0; at < of.n;) {
		size_t n = of.n - at < READ_BLOCKS ? (size_t)(of.n - at) : READ_BLOCKS;

		if (read_blocks(e, of.first + at, n, buf) || block_tree_add_run(t, buf, n, e->f))
			return -1;
		at += n;
	}
	return 0;
}

/* A tree over an area. */
static int write_tree(
	struct encoder *e, struct heal_area of, uint64_t first, uint8_t root[SHA256_BYTES])
{
	struct tree_place place = { e, first };
	const struct block_tree_sink sink = { put_tree_block, &place };
	struct block_tree *t = block_tree_new(of.n, e->file->hash, &sink, e->f);
	uint8_t *buf = malloc((size_t)READ_BLOCKS * BLOCK_BYTES);
	int result = -1;

	if (t && !buf)
		fail_memory(e->f);
	else if (t && add_blocks(e, t, of, buf) == 0) {
		memcpy(root, block_tree_root(t), SHA256_BYTES);
		result = 0;
	}
	free(buf);
	block_tree_free(t);
	return result;
}

/* One of the two codes, over a strip of columns. */
struct strip {
	uint64_t stride; /* blocks from one symbol of a column to the next; columns in all */
	unsigned n_data, n_parity;
	struct galois_map code;
	size_t n_max;                   /* columns of a strip */
	uint8_t *data, *parity, *woven; /* heap: n_max blocks for each symbol */
	uint8_t *near;                  /* heap: a piece of each symbol */
};

static int strip_open(
	struct strip *s, uint64_t stride, unsigned n_data, unsigned n_parity, struct fail *f)
{
	uint8_t *matrix = malloc((size_t)n_data * n_parity);
	size_t unit = BLOCK_BYTES * ((size_t)n_data + 2 * (size_t)n_parity);
	size_t n = STRIP_BYTES / unit;
	int result = -1;

	*s = (struct strip){ .stride = stride, .n_data = n_data, .n_parity = n_parity };
	s->n_max = n < READ_BLOCKS ? n : READ_BLOCKS;
	if (s->n_max > stride)
		s->n_max = (size_t)stride;
	s->data = malloc(s->n_max * unit);
	s->near = malloc((size_t)n_data * PIECE_STEP);
	if (matrix && s->data && s->near) {
		s->parity = s->data + s->n_max * BLOCK_BYTES * n_data;
		s->woven = s->parity + s->n_max * BLOCK_BYTES * n_parity;
		rs_code_matrix(n_parity, n_data, matrix);
		result = galois_map_init(&s->code, matrix, n_data, n_parity);
	}
	free(matrix);
	return result ? fail_memory(f) : 0;
}

static void strip_close(struct strip *s)
{
	free(s->data);
	free(s->near);
	galois_map_clear(&s->code);
}

/* Reads n of the blocks that are covered from one on; behind the last one there are zeros. */
static int read_covered(struct encoder *e, uint64_t at, size_t n, uint8_t *buf)
{
	while (n > 0 && at < e->l->n_covered) {
		uint64_t seam = at < e->l->choice.n_data ? e->l->choice.n_data : e->l->n_covered;
		size_t run = seam - at < n ? (size_t)(seam - at) : n;

		if (read_blocks(e, heal_layout_covered(e->l, at), run, buf))
			return -1;
		buf += run * BLOCK_BYTES;
		at += run;
		n -= run;
	}
	memset(buf, 0, n * BLOCK_BYTES);
	return 0;
}

/* Computes the parity of n columns from one on. */
static int compute_strip(struct encoder *e, struct strip *s, uint64_t column, size_t n)
{
	uint8_t *in[RS_CODE_SYMBOLS], *out[RS_CODE_SYMBOLS];
	size_t n_bytes = n * BLOCK_BYTES;

	for (unsigned i = 0; i < s->n_data; i++)
		if (read_covered(e, i * s->stride + column, n, s->data + i * n_bytes))
			return -1;
	for (size_t at = 0; at < n_bytes; at += PIECE_BYTES) {
		size_t piece = n_bytes - at < PIECE_BYTES ? n_bytes - at : PIECE_BYTES;

		for (unsigned i = 0; i < s->n_data; i++)
			in[i] = memcpy(s->near + (size_t)i * PIECE_STEP, s->data + i * n_bytes + at,
				piece);
		for (unsigned j = 0; j < s->n_parity; j++)
			out[j] = s->parity + j * n_bytes + at;
		galois_map_apply(&s->code, piece, in, out);
	}
	return 0;
}

/* The kernel has the bytes of a code word's parity side by side. */
static void weave(const struct strip *s, size_t n_bytes)
{
	for (unsigned j = 0; j < s->n_parity; j++)
		for (size_t at = 0; at < n_bytes; at++)
			s->woven[at * s->n_parity + j] = s->parity[j * n_bytes + at];
}

static int write_kernel_parity(struct encoder *e)
{
	const struct heal_layout *l = e->l;
	unsigned n_roots = l->choice.n_roots;
	struct strip s = { 0 };
	int result;

	if (!n_roots)
		return 0;
	result = strip_open(&s, l->kernel_stride, RS_CODE_SYMBOLS - n_roots, n_roots, e->f);
	for (uint64_t column = 0; result == 0 && column < s.stride; column += s.n_max) {
		size_t n = s.stride - column < s.n_max ? (size_t)(s.stride - column) : s.n_max;

		result = compute_strip(e, &s, column, n);
		if (result)
			break;
		weave(&s, n * BLOCK_BYTES);
		result = write_blocks(e, l->kernel.first + column * n_roots, n * n_roots, s.woven);
	}
	strip_close(&s);
	return result;
}

static int write_rows(struct encoder *e)
{
	const struct heal_layout *l = e->l;
	struct strip s = { 0 };
	int result = strip_open(&s, l->choice.row_blocks, l->n_symbols, l->choice.n_rows, e->f);

	for (uint64_t column = 0; result == 0 && column < s.stride; column += s.n_max) {
		size_t n = s.stride - column < s.n_max ? (size_t)(s.stride - column) : s.n_max;

		result = compute_strip(e, &s, column, n);
		for (unsigned j = 0; result == 0 && j < s.n_parity; j++)
			result = write_blocks(e, l->rows.first + j * s.stride + column, n,
				s.parity + j * n * BLOCK_BYTES);
	}
	strip_close(&s);
	return result;
}

static int copy(struct encoder *e, uint64_t from, struct heal_area to)
{
	uint8_t *buf = malloc((size_t)READ_BLOCKS * BLOCK_BYTES);
	int result = buf ? 0 : fail_memory(e->f);

	for (uint64_t at = 0; result == 0 && at < to.n;) {
		size_t n = to.n - at < READ_BLOCKS ? (size_t)(to.n - at) : READ_BLOCKS;

		result = read_blocks(e, from + at, n, buf);
		if (result == 0)
			result = write_blocks(e, to.first + at, n, buf);
		at += n;
	}
	free(buf);
	return result;
}

static int write_superblock(const struct encoder *e)
{
	uint8_t block[BLOCK_BYTES];

	heal_record_superblock(e->r, block);
	return write_blocks(e, e->l->superblock.first, 1, block);
}

/* Where the last record will be, one without a root: what was begun, and not ended, is found. */
static int mark_begun(struct encoder *e)
{
	uint8_t block[BLOCK_BYTES];

	heal_record_encode(e->r, HEAL_RECORD_ANCHOR, block);
	return write_blocks(e, e->l->last.first, 1, block);
}

int heal_encoder_write(const struct heal_file *file, struct heal_record *r, struct fail *f)
{
	struct encoder e = { .file = file, .r = r, .l = &r->layout, .f = f };
	const struct heal_layout *l = &r->layout;
	const struct heal_area data = { 0, l->choice.n_data };
	const struct heal_area checked = { l->kernel.first, l->check.first - l->kernel.first };

	if (ftruncate(file->fd, (off_t)(l->end * BLOCK_BYTES)))
		return fail_errno(f, FAIL_FAILED, file->name, "can't be made longer");
	if (mark_begun(&e) || write_superblock(&e) ||
		write_tree(&e, data, l->tree.first, r->root) || write_kernel_parity(&e) ||
		write_rows(&e) || write_tree(&e, checked, l->check.first, r->check_root) ||
		copy(&e, l->tree.first, l->upper) || copy(&e, 0, l->header))
		return -1;
	r->has_root = r->has_check_root = true;
	return 0;
}

int heal_encoder_write_records(
	const struct heal_file *file, const struct heal_record *r, struct fail *f)
{
	const struct encoder e = { .file = file, .l = &r->layout, .f = f };
	const struct heal_layout *l = &r->layout;
	uint8_t blocks[HEAL_RECORD_BLOCKS * BLOCK_BYTES];

	heal_record_with_text(r, HEAL_RECORD_FRONT, blocks);
	if (write_blocks(&e, l->front.first, l->front.n, blocks))
		return -1;
	heal_record_with_text(r, HEAL_RECORD_BACK, blocks);
	return write_blocks(&e, l->late.first, l->late.n, blocks) ||
			       write_blocks(&e, l->last.first, l->last.n, blocks)
		       ? -1
		       : 0;
}
