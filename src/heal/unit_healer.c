/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/unit_healer.h"

#include <stdlib.h>
#include <string.h>

#include "heal/block_cache.h"
#include "heal/code_strip.h"
#include "heal/tree_check.h"
#include "heal/tree_lookup.h"

enum {
	COLUMNS = HEAL_ALIGN,
	/* a block that a drive can't read has none that it can beside it: the ECC block of a DVD */
	UNIT_BLOCKS = 16,
};

enum code { ROWS, KERNEL, N_CODES };

/* Of a block, as bits: the codes that can't bring it back, and that its state is another one while
 * what was brought back of it is used. */
enum { IS_LENT_UNREADABLE = 1 << 6, IS_LENT_DIFFERING = 1 << 7 };

/* How much is looked at. */
enum effort {
	FEW,  /* the wanted blocks, and what can't be read */
	ALL,  /* all blocks of the columns */
	BOTH, /* the rows' code first brings back what the kernel's columns lack */
};

/* Units of other rows that are brought back for that, at most: a disc that is lost must not take
 * days. */
enum { NESTED_MAX = 64 };

/* What is being brought back. */
struct aim {
	uint64_t block;
	const uint8_t *wanted; /* its digest */
	unsigned row;          /* its symbol */
	enum effort effort;
};

struct unit_healer {
	const struct heal_record *record;
	const struct heal_layout *l; /* its own */
	struct tree_check check;
	uint8_t *states;                   /* heap: of all blocks */
	uint8_t *marks;                    /* heap: of what the codes cover */
	struct tree_lookup *tree, *parity; /* parity: NULL where nothing is known of it */
	struct code_blocks blocks;
	struct code_strip strips[N_CODES];
	struct block_cache *cache; /* NULL: nothing was brought back so far */
	struct aim aim;
	uint64_t n_units;
};

/* Of any block that has one. 1, 0 or -1, as everywhere here. */
static int find_digest(
	struct unit_healer *u, uint64_t block, uint8_t digest[SHA256_BYTES], struct fail *f)
{
	const struct heal_layout *l = u->l;

	if (block < l->choice.n_data)
		return tree_lookup_digests(u->tree, block, 1, false, digest, f);
	if (block >= l->tree.first && block < l->tree.first + l->tree.n)
		return tree_lookup_digest_within(u->tree, block - l->tree.first, false, digest, f);
	if (u->parity && block >= l->kernel.first && block < l->check.first)
		return tree_lookup_digests(u->parity, block - l->kernel.first, 1, false, digest, f);
	return 0;
}

static bool is_digest_of(const struct unit_healer *u, const uint8_t *digest, const uint8_t *bytes)
{
	uint8_t is[SHA256_BYTES];

	u->check.hash->digest(u->check.hash->ctx, bytes, is);
	return memcmp(is, digest, sizeof is) == 0;
}

static int keep(struct unit_healer *u, uint64_t block, const uint8_t *bytes, struct fail *f)
{
	if (!u->cache && !(u->cache = block_cache_new()))
		return fail_memory(f);
	block_cache_keep(u->cache, block, bytes);
	return 0;
}

/* Takes what a code says; other blocks than those beside the wanted one only where their digests
 * were read already. */
static int put_solved(void *ctx, uint64_t block, const uint8_t *bytes, struct fail *f)
{
	struct unit_healer *u = ctx;
	uint8_t digest[SHA256_BYTES];
	const uint8_t *wanted = digest;
	int known = 1;

	if (block == u->aim.block)
		wanted = u->aim.wanted;
	else if (u->aim.effort == FEW &&
		 (block > u->aim.block ? block - u->aim.block : u->aim.block - block) >= COLUMNS)
		return 0;
	else
		known = find_digest(u, block, digest, f);
	if (known < 0)
		return -1;
	return known && is_digest_of(u, wanted, bytes) ? keep(u, block, bytes, f) : 0;
}

/* Looks whether a block that was read is right, unless that is known. */
static int look(struct unit_healer *u, uint64_t block, const uint8_t *bytes, struct fail *f)
{
	static const uint8_t zeros[BLOCK_BYTES];
	const struct heal_layout *l = u->l;
	uint8_t *state = &u->states[block], digest[SHA256_BYTES];
	int known;

	if (*state != BLOCK_UNCHECKED && *state != BLOCK_UNKNOWN)
		return 0;
	if (block >= l->tree.first + l->tree.n && block < l->kernel.first) {
		*state = memcmp(bytes, zeros, sizeof zeros) ? BLOCK_DIFFERS : BLOCK_RIGHT;
		return 0;
	}
	known = find_digest(u, block, digest, f);
	if (known < 0)
		return -1;
	*state = !known                           ? BLOCK_UNKNOWN
		 : is_digest_of(u, digest, bytes) ? BLOCK_RIGHT
						  : BLOCK_DIFFERS;
	return 0;
}

static int look_at_row(
	struct unit_healer *u, const struct code_strip *s, unsigned row, struct fail *f)
{
	uint64_t block;

	for (uint32_t n = 0; n < s->n; n++)
		if (code_strip_find(s, row, n, &block) &&
			look(u, block, code_strip_bytes(s, row, n), f))
			return -1;
	return 0;
}

static int look_at_parity(struct unit_healer *u, const struct code_strip *s, struct fail *f)
{
	uint64_t first;

	if (s->is_kernel) {
		first = u->l->kernel.first + s->first * s->n_parity;
		for (uint32_t i = 0; i < s->n * s->n_parity; i++)
			if (look(u, first + i, s->woven + (size_t)i * BLOCK_BYTES, f))
				return -1;
		return 0;
	}
	for (unsigned j = 0; j < s->n_parity; j++) {
		first = u->l->rows.first + j * s->stride + s->first;
		for (uint32_t n = 0; n < s->n; n++)
			if (look(u, first + n, code_strip_bytes(s, s->n_data + j, n), f))
				return -1;
	}
	return 0;
}

static int look_at_all(struct unit_healer *u, const struct code_strip *s, struct fail *f)
{
	for (unsigned row = 0; row < s->n_data; row++)
		if (look_at_row(u, s, row, f))
			return -1;
	return look_at_parity(u, s, f);
}

/* Solves the columns in which the row of the wanted block is bad. */
static int solve_row(struct unit_healer *u, struct code_strip *s, struct fail *f)
{
	uint64_t block;

	for (uint32_t n = 0; n < s->n; n++)
		if (code_strip_find(s, u->aim.row, n, &block) && unit_healer_is_bad(u, block) &&
			code_strip_solve(s, n, f))
			return -1;
	return 0;
}

/* What was not brought back by a code, with all that is known, never will be. */
static void give_up(struct unit_healer *u, const struct code_strip *s, enum code code)
{
	uint64_t block;

	for (uint32_t n = 0; n < s->n; n++)
		if (code_strip_find(s, u->aim.row, n, &block) && unit_healer_is_bad(u, block) &&
			!unit_healer_kept(u, block))
			u->marks[block] |= (uint8_t)(1 << code);
}

/* Uses what was brought back of the strip's blocks as if it had been read. */
static void lend(struct unit_healer *u, const struct code_strip *s)
{
	uint64_t block;

	for (unsigned row = 0; row < s->n_data; row++)
		for (uint32_t n = 0; n < s->n; n++) {
			const uint8_t *kept;

			if (!code_strip_find(s, row, n, &block) || !unit_healer_is_bad(u, block))
				continue;
			kept = unit_healer_kept(u, block);
			if (!kept || block == u->aim.block)
				continue;
			u->marks[block] |= u->states[block] == BLOCK_UNREADABLE ? IS_LENT_UNREADABLE
										: IS_LENT_DIFFERING;
			u->states[block] = BLOCK_RIGHT;
			memcpy(code_strip_bytes(s, row, n), kept, BLOCK_BYTES);
		}
}

static void take_back(struct unit_healer *u, const struct code_strip *s)
{
	uint64_t block;

	for (unsigned row = 0; row < s->n_data; row++)
		for (uint32_t n = 0; n < s->n; n++) {
			if (!code_strip_find(s, row, n, &block))
				continue;
			if (u->marks[block] & IS_LENT_UNREADABLE)
				u->states[block] = BLOCK_UNREADABLE;
			if (u->marks[block] & IS_LENT_DIFFERING)
				u->states[block] = BLOCK_DIFFERS;
			u->marks[block] &= (uint8_t) ~(IS_LENT_UNREADABLE | IS_LENT_DIFFERING);
		}
}

static int run_code(struct unit_healer *u, enum code code, enum effort effort, struct fail *f);

/* True for what the rows' code may bring back of another row, whose digest is filled in. */
static bool is_nested(struct unit_healer *u, uint64_t block, uint8_t digest[SHA256_BYTES])
{
	return block != u->aim.block && unit_healer_is_bad(u, block) &&
	       !unit_healer_kept(u, block) && !(u->marks[block] & 1 << ROWS) &&
	       find_digest(u, block, digest, NULL) == 1;
}

/* Brings back what the kernel's columns lack of other rows, by the rows' code. */
static int run_nested(struct unit_healer *u, const struct code_strip *s, struct fail *f)
{
	const struct aim aim = u->aim;
	unsigned n_nested = 0;

	for (unsigned row = 0; row < s->n_data; row++)
		for (uint32_t n = 0; n < s->n && n_nested < NESTED_MAX; n++) {
			uint8_t digest[SHA256_BYTES];
			uint64_t block;
			int result;

			if (!code_strip_find(s, row, n, &block) || !is_nested(u, block, digest))
				continue;
			n_nested++;
			u->aim = (struct aim){ .block = block, .wanted = digest };
			result = run_code(u, ROWS, ALL, f);
			u->aim = aim;
			if (result < 0)
				return -1;
		}
	return 0;
}

/* The columns around the wanted block. 1 where that is kept then. */
static int run_code(struct unit_healer *u, enum code code, enum effort effort, struct fail *f)
{
	const struct heal_layout *l = u->l;
	struct code_strip *s = &u->strips[code];
	uint64_t block = u->aim.block;
	uint64_t at = block < l->choice.n_data ? block : l->choice.n_data + (block - l->tree.first);
	int result;

	if (!s->solver && code_strip_open(s, &u->blocks, code == KERNEL, f)) {
		code_strip_close(s);
		*s = (struct code_strip){ 0 };
		return -1;
	}
	u->aim.row = (unsigned)(at / s->stride);
	u->aim.effort = effort;
	code_strip_place(s, at % s->stride / COLUMNS * COLUMNS);
	if (code_strip_read(s, f) ||
		(effort == FEW ? look_at_row(u, s, u->aim.row, f) : look_at_all(u, s, f)) ||
		(effort == BOTH && run_nested(u, s, f)))
		return -1;
	lend(u, s);
	result = solve_row(u, s, f);
	take_back(u, s);
	if (result)
		return -1;
	if (effort == (code == ROWS ? ALL : BOTH))
		give_up(u, s, code);
	if (!unit_healer_kept(u, block))
		return 0;
	u->n_units++;
	return 1;
}

/* Takes the blocks beside one that can't be read for as bad as that, without trying. Which, as
 * bits. */
static uint32_t presume(struct unit_healer *u, uint64_t block)
{
	uint8_t *states = u->states + block - block % UNIT_BLOCKS;
	uint32_t presumed = 0;

	if (u->states[block] != BLOCK_UNREADABLE)
		return 0;
	for (unsigned i = 0; i < UNIT_BLOCKS; i++)
		if (states[i] == BLOCK_UNCHECKED) {
			states[i] = BLOCK_UNREADABLE;
			presumed |= 1U << i;
		}
	return presumed;
}

static void presume_no_more(struct unit_healer *u, uint64_t block, uint32_t presumed)
{
	uint8_t *states = u->states + block - block % UNIT_BLOCKS;

	for (unsigned i = 0; i < UNIT_BLOCKS; i++)
		if (presumed & 1U << i)
			states[i] = BLOCK_UNCHECKED;
}

/* Both codes in turn. */
static int run_codes(struct unit_healer *u, struct fail *f)
{
	uint64_t block = u->aim.block;
	int result = 0;

	for (unsigned code = 0; code < N_CODES && result == 0; code++) {
		uint32_t presumed;

		if ((code == KERNEL && !u->l->choice.n_roots) || u->marks[block] & 1 << code)
			continue;
		presumed = presume(u, block);
		result = run_code(u, code, FEW, f);
		presume_no_more(u, block, presumed);
		if (result == 0)
			result = run_code(u, code, ALL, f);
		if (result == 0 && code == KERNEL)
			result = run_code(u, code, BOTH, f);
	}
	return result;
}

/* Where a copy of the block is; 0: nowhere. */
static uint64_t find_copy(const struct heal_layout *l, uint64_t block)
{
	if (block < l->header.n)
		return l->header.first + block;
	if (block >= l->tree.first && block - l->tree.first < l->upper.n)
		return l->upper.first + (block - l->tree.first);
	return 0;
}

static int take_copy(struct unit_healer *u, struct fail *f)
{
	uint64_t copy = find_copy(u->l, u->aim.block);
	uint8_t bytes[BLOCK_BYTES];

	if (!copy)
		return 0;
	if (tree_check_read(&u->check, copy, 1, bytes, f))
		return -1;
	if (!is_digest_of(u, u->aim.wanted, bytes))
		return 0;
	return keep(u, u->aim.block, bytes, f) ? -1 : 1;
}

/* Of the tree: see heal/tree_lookup.h. */
static int mend(void *ctx, uint64_t block, const uint8_t wanted[SHA256_BYTES], bool brings_back,
	uint8_t out[BLOCK_BYTES], struct fail *f)
{
	struct unit_healer *u = ctx;
	const uint8_t *kept = unit_healer_kept(u, block);

	if (!kept)
		return brings_back ? unit_healer_run(u, block, BLOCK_DIFFERS, wanted, out, f) : 0;
	memcpy(out, kept, BLOCK_BYTES);
	return 1;
}

int unit_healer_run(struct unit_healer *u, uint64_t block, enum block_state state,
	const uint8_t wanted[SHA256_BYTES], uint8_t out[BLOCK_BYTES], struct fail *f)
{
	int result = 1;

	if (!unit_healer_is_bad(u, block))
		u->states[block] = (uint8_t)state;
	if (!unit_healer_kept(u, block)) {
		u->aim = (struct aim){ .block = block, .wanted = wanted };
		result = take_copy(u, f);
		if (result == 0)
			result = run_codes(u, f);
	}
	if (result == 1)
		memcpy(out, unit_healer_kept(u, block), BLOCK_BYTES);
	return result;
}

int unit_healer_digests(
	struct unit_healer *u, uint64_t block, uint32_t n, uint8_t *digests, struct fail *f)
{
	return tree_lookup_digests(u->tree, block, n, true, digests, f);
}

const uint8_t *unit_healer_kept(struct unit_healer *u, uint64_t block)
{
	return u->cache ? block_cache_find(u->cache, block) : NULL;
}

bool unit_healer_is_bad(const struct unit_healer *u, uint64_t block)
{
	return block_state_is_bad(u->states[block]);
}

uint64_t unit_healer_count(const struct unit_healer *u)
{
	return u->n_units;
}

/* What compares the volume and its tree, and the parity, with their digests. */
static int open_trees(struct unit_healer *u, struct fail *f)
{
	const struct heal_layout *l = u->l;
	struct tree_lookup_source tree = { .check = &u->check,
		.n = l->choice.n_data,
		.tree = l->tree.first,
		.root = u->record->root,
		.mend = mend,
		.ctx = u };
	struct tree_lookup_source parity = { .check = &u->check,
		.n = l->check.first - l->kernel.first,
		.tree = l->check.first,
		.root = u->record->check_root };

	u->tree = tree_lookup_new(&tree, f);
	if (u->record->has_check_root && u->tree && !(u->parity = tree_lookup_new(&parity, f)))
		return -1;
	return u->tree ? 0 : -1;
}

struct unit_healer *unit_healer_new(struct block_reader *medium, const struct heal_record *record,
	const struct block_tree_hash *hash, struct fail *f)
{
	struct unit_healer *u = calloc(1, sizeof *u);

	if (u) {
		u->record = record;
		u->l = &record->layout;
		u->states = calloc(1, u->l->end);
		u->marks = calloc(1, u->l->kernel.first);
	}
	if (!u || !u->states || !u->marks) {
		fail_memory(f);
		unit_healer_free(u);
		return NULL;
	}
	u->check = (struct tree_check){ .reader = medium, .states = u->states, .hash = hash };
	u->blocks = (struct code_blocks){ u->l, &u->check, put_solved, u, COLUMNS };
	if (open_trees(u, f)) {
		unit_healer_free(u);
		return NULL;
	}
	return u;
}

void unit_healer_free(struct unit_healer *u)
{
	if (!u)
		return;
	for (unsigned code = 0; code < N_CODES; code++)
		code_strip_close(&u->strips[code]);
	tree_lookup_free(u->parity);
	tree_lookup_free(u->tree);
	block_cache_free(u->cache);
	free(u->marks);
	free(u->states);
	free(u);
}
