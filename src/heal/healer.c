/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/healer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heal/block_states.h"
#include "heal/code_strip.h"
#include "heal/root_search.h"
#include "heal/tree_check.h"
#include "util/io.h"
#include "util/signals.h"

/* Columns of a code that are read at a time. */
enum { COLUMNS = 64 };

struct healer {
	const struct heal_file *file;
	struct heal_record *r;
	const struct heal_layout *l; /* r's */
	uint8_t *states;
	struct block_reader reader;
	struct tree_check check;
	struct code_blocks blocks;
	struct fail *f;
};

static int read_file(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	const struct heal_file *file = ctx;
	ssize_t got = io_pread_full(file->fd, buf, (size_t)n * BLOCK_BYTES, lba * BLOCK_BYTES);

	if (got != (ssize_t)n * BLOCK_BYTES)
		return fail_errno(f, FAIL_FAILED, file->name, "can't be read");
	return 0;
}

static int write_block(struct healer *h, uint64_t block, const uint8_t *bytes)
{
	if (io_pwrite_full(h->file->fd, bytes, BLOCK_BYTES, block * BLOCK_BYTES))
		return fail_errno(h->f, FAIL_FAILED, h->file->name, "can't be written");
	return 0;
}

static int put_healed(void *ctx, uint64_t block, const uint8_t *bytes, struct fail *f)
{
	struct healer *h = ctx;

	(void)f; /* h's */
	if (write_block(h, block, bytes))
		return -1;
	h->states[block] = BLOCK_HEALED;
	return 0;
}

/* What can't be read is zeros; -1 is for a signal. */
static int read_blocks(struct healer *h, uint64_t block, uint32_t n, uint8_t *buf)
{
	return tree_check_read(&h->check, block, n, buf, h->f);
}

static void digest(const struct healer *h, const uint8_t *block, uint8_t out[SHA256_BYTES])
{
	h->file->hash->digest(h->file->hash->ctx, block, out);
}

/* A block of the tree's upper levels that is not what the one above says is taken from the copy
 * where that is. */
static int mend_upper_block(struct healer *h, uint64_t at, const uint8_t wanted[SHA256_BYTES])
{
	const uint64_t places[] = { h->l->tree.first + at, h->l->upper.first + at };
	uint8_t block[BLOCK_BYTES], is[SHA256_BYTES];

	for (int i = 0; i < 2; i++) {
		if (read_blocks(h, places[i], 1, block))
			return -1;
		digest(h, block, is);
		if (block_state_is_missing(h->states[places[i]]) ||
			memcmp(is, wanted, sizeof is) != 0)
			continue;
		if (i == 0)
			return 0;
		h->states[places[0]] = BLOCK_HEALED;
		return write_block(h, places[0], block);
	}
	return 0;
}

static int mend_upper(struct healer *h)
{
	struct block_tree_shape shape;
	uint8_t above[BLOCK_BYTES];

	block_tree_shape(&shape, h->l->choice.n_data);
	if (mend_upper_block(h, 0, h->r->root))
		return -1;
	for (unsigned level = shape.n_levels - 1; level-- > 1;)
		for (uint64_t i = 0; i < shape.n[level]; i++) {
			uint64_t up =
				h->l->tree.first + shape.first[level + 1] + i / BLOCK_TREE_DIGESTS;

			if (i % BLOCK_TREE_DIGESTS == 0 && read_blocks(h, up, 1, above))
				return -1;
			if (mend_upper_block(h, shape.first[level] + i,
				    above + i % BLOCK_TREE_DIGESTS * SHA256_BYTES))
				return -1;
		}
	return 0;
}

/* The zeros between the tree and the parity, which the codes cover. */
static int mend_gap(struct healer *h)
{
	static const uint8_t zeros[BLOCK_BYTES];

	for (uint64_t i = h->l->tree.first + h->l->tree.n; i < h->l->kernel.first; i++) {
		if (write_block(h, i, zeros))
			return -1;
		h->states[i] = BLOCK_RIGHT;
	}
	return 0;
}

/* Compares volume, tree and parity with their digests. */
static int check(struct healer *h, bool is_again)
{
	const struct heal_area data = { 0, h->l->choice.n_data };
	const struct heal_area parity = { h->l->kernel.first,
		h->l->check.first - h->l->kernel.first };

	if (tree_check_run(&h->check, data, h->l->tree.first, h->r->root, is_again, h->f))
		return -1;
	if (is_again)
		return 0;
	if (h->r->has_check_root)
		return tree_check_run(
			&h->check, parity, h->l->check.first, h->r->check_root, false, h->f);
	for (uint64_t i = parity.first; i < parity.first + parity.n; i++)
		if (!block_state_is_missing(h->states[i]))
			h->states[i] = BLOCK_UNKNOWN;
	return 0;
}

/* Solves all columns of a code that have something to bring back. */
static int run_code(struct healer *h, bool is_kernel)
{
	struct code_strip s = { 0 };
	int result;

	if (is_kernel && !h->l->choice.n_roots)
		return 0;
	result = code_strip_open(&s, &h->blocks, is_kernel, h->f);
	for (uint64_t first = 0; result == 0 && first < s.stride; first += s.n) {
		code_strip_place(&s, first);
		if (!code_strip_has_lost(&s))
			continue;
		result = code_strip_read(&s, h->f);
		for (uint32_t n = 0; result == 0 && n < s.n; n++)
			result = code_strip_solve(&s, n, h->f);
	}
	code_strip_close(&s);
	return result;
}

static uint64_t count_wrong(const struct healer *h)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < h->l->n_covered; i++)
		n += h->states[heal_layout_covered(h->l, i)] != BLOCK_RIGHT;
	return n;
}

/* A block of the tree that nothing vouches for is brought back like one that differs. */
static void doubt_tree(struct healer *h)
{
	for (uint64_t i = h->l->tree.first; i < h->l->tree.first + h->l->tree.n; i++)
		if (h->states[i] == BLOCK_UNKNOWN)
			h->states[i] = BLOCK_DIFFERS;
}

/* Both codes in turn, as long as less is left. */
static int heal(struct healer *h)
{
	uint64_t n_left = count_wrong(h), n_before = UINT64_MAX;

	while (n_left > 0 && n_left < n_before) {
		n_before = n_left;
		doubt_tree(h);
		if (run_code(h, false) || run_code(h, true) || check(h, true))
			return -1;
		n_left = count_wrong(h);
	}
	return 0;
}

static void note_found(const struct healer *h, uint8_t *found)
{
	for (uint64_t i = 0; i < h->l->check.first + h->l->check.n; i++)
		if (found[i] != BLOCK_DIFFERS && !block_state_is_missing(found[i]))
			found[i] = h->states[i];
}

static uint64_t count_data(const struct healer *h)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < h->l->choice.n_data; i++)
		n += h->states[i] != BLOCK_RIGHT;
	return n;
}

int healer_finish(const struct heal_file *file, struct heal_record *r, struct fail *f)
{
	uint8_t root[SHA256_BYTES];

	memcpy(root, r->root, sizeof root);
	/* zeros in all gaps */
	if (ftruncate(file->fd, (off_t)(r->layout.choice.n_data * BLOCK_BYTES)))
		return fail_errno(f, FAIL_FAILED, file->name, "can't be cut");
	if (heal_encoder_write(file, r, f))
		return -1;
	if (memcmp(root, r->root, sizeof root) != 0)
		return fail_set(f, FAIL_FAILED, file->name,
			"changed while it was repaired: its root is another one");
	return heal_encoder_write_records(file, r, f);
}

static void start(struct healer *h, const struct heal_file *file, struct heal_record *r,
	uint8_t *states, struct fail *f)
{
	*h = (struct healer){ .file = file, .r = r, .l = &r->layout, .states = states, .f = f };
	/* nothing is changed through it */
	h->reader = (struct block_reader){
		.read = read_file, .ctx = (void *)(uintptr_t)file, .n_blocks = r->layout.end
	};
	h->check = (struct tree_check){
		.reader = &h->reader, .states = states, .hash = file->hash, .watch = file->watch
	};
	h->blocks = (struct code_blocks){ &r->layout, &h->check, put_healed, h, COLUMNS };
}

int healer_run(const struct heal_file *file, struct heal_record *r, uint8_t *states, uint8_t *found,
	struct healer_outcome *o, struct fail *f)
{
	struct healer h;

	*o = (struct healer_outcome){ .is_proven = true };
	start(&h, file, r, states, f);
	if (mend_gap(&h))
		return -1;
	if (!r->has_root) {
		int has_root = root_search_run(&h.blocks, r->root, f);

		if (has_root < 0)
			return -1;
		if (!has_root)
			return fail_set(f, FAIL_FAILED, "",
				"has lost the root of its digests: nothing can be healed");
		r->has_root = true;
		o->is_proven = false;
	}
	if (mend_upper(&h) || check(&h, false))
		return -1;
	note_found(&h, found);
	if (heal(&h))
		return -1;
	o->n_lost = count_data(&h);
	o->n_healed = h.check.n_healed;
	return 0;
}
