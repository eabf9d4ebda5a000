/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/tree_check.h"

#include <stdlib.h>
#include <string.h>

#include "util/signals.h"

/* Digests, and blocks, that are read at a time. */
enum { READ_BLOCKS = 512 };

/* Reads n blocks, none of which is known to be unreadable; one by one where they can't be read at
 * once. */
static void read_run(struct tree_check *c, uint64_t block, uint32_t n, uint8_t *buf)
{
	struct fail ignored = { 0 };

	if (block_reader_read(c->reader, block, n, buf, &ignored) == 0)
		return;
	for (uint32_t i = 0; i < n && !signals_caught(); i++) {
		uint8_t *at = buf + (size_t)i * BLOCK_BYTES;

		ignored = (struct fail){ 0 };
		if (n > 1 && block_reader_read(c->reader, block + i, 1, at, &ignored) == 0)
			continue;
		c->states[block + i] = BLOCK_UNREADABLE;
		memset(at, 0, BLOCK_BYTES);
	}
}

int tree_check_read(struct tree_check *c, uint64_t block, uint32_t n, uint8_t *buf, struct fail *f)
{
	const uint8_t *states = c->states + block;

	for (uint32_t i = 0, run; i < n; i += run) {
		bool is_missing = block_state_is_missing(states[i]);

		for (run = 1; i + run < n; run++)
			if (block_state_is_missing(states[i + run]) != is_missing)
				break;
		if (is_missing)
			memset(buf + (size_t)i * BLOCK_BYTES, 0, (size_t)run * BLOCK_BYTES);
		else
			read_run(c, block + i, run, buf + (size_t)i * BLOCK_BYTES);
	}
	if (signals_caught())
		return fail_set(f, FAIL_FAILED, "", "interrupted");
	c->n_done += n;
	progress_tick(
		c->watch, "checking", c->n_done * BLOCK_BYTES, c->reader->n_blocks * BLOCK_BYTES);
	return 0;
}

/* One level, or what the tree is over: blocks below others that have their digests. */
struct level {
	struct heal_area area, above; /* above n 0: the root is */
	uint8_t *digests;             /* READ_BLOCKS blocks of above */
	uint64_t first_digest;        /* the first block of them */
};

/* True where states let a run of blocks be passed over. */
static bool is_done(const uint8_t *states, uint64_t block, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		if (states[block + i] != BLOCK_RIGHT && !block_state_is_missing(states[block + i]))
			return false;
	return true;
}

static void compare(struct tree_check *c, const struct level *v, const uint8_t *root, uint64_t i,
	const uint8_t digest[SHA256_BYTES])
{
	uint8_t *state = &c->states[v->area.first + i];
	uint64_t above = i / BLOCK_TREE_DIGESTS;
	const uint8_t *wanted = root;

	if (block_state_is_missing(*state))
		return;
	if (v->above.n) {
		if (c->states[v->above.first + above] != BLOCK_RIGHT) {
			*state = BLOCK_UNKNOWN;
			return;
		}
		wanted = v->digests + (above - v->first_digest) * BLOCK_BYTES +
			 i % BLOCK_TREE_DIGESTS * SHA256_BYTES;
	}
	c->n_healed += *state == BLOCK_HEALED && !memcmp(digest, wanted, SHA256_BYTES);
	*state = memcmp(digest, wanted, SHA256_BYTES) ? BLOCK_DIFFERS : BLOCK_RIGHT;
}

/* The blocks of the level whose digests were read. */
static int check_piece(struct tree_check *c, const struct level *v, const uint8_t *root,
	uint64_t first, uint64_t end, bool is_again, uint8_t *buf, struct fail *f)
{
	uint8_t digests[READ_BLOCKS][SHA256_BYTES];

	for (uint64_t at = first; at < end;) {
		uint32_t n = end - at < READ_BLOCKS ? (uint32_t)(end - at) : READ_BLOCKS;

		if (!is_again || !is_done(c->states, v->area.first + at, n)) {
			if (tree_check_read(c, v->area.first + at, n, buf, f))
				return -1;
			block_tree_digest_run(c->hash, buf, n, digests[0]);
			for (uint32_t i = 0; i < n; i++)
				compare(c, v, root, at + i, digests[i]);
		}
		at += n;
	}
	return 0;
}

static int check_level(struct tree_check *c, struct level *v, const uint8_t *root, bool is_again,
	uint8_t *buf, struct fail *f)
{
	enum { PIECE = READ_BLOCKS * BLOCK_TREE_DIGESTS };

	for (uint64_t at = 0; at < v->area.n; at += PIECE) {
		uint64_t end = v->area.n - at < PIECE ? v->area.n : at + PIECE;

		if (is_again && is_done(c->states, v->area.first + at, end - at))
			continue;
		if (v->above.n) {
			uint64_t left = v->above.n - at / BLOCK_TREE_DIGESTS;
			uint32_t n = left < READ_BLOCKS ? (uint32_t)left : READ_BLOCKS;

			v->first_digest = at / BLOCK_TREE_DIGESTS;
			if (tree_check_read(c, v->above.first + v->first_digest, n, v->digests, f))
				return -1;
		}
		if (check_piece(c, v, root, at, end, is_again, buf, f))
			return -1;
	}
	return 0;
}

int tree_check_run(struct tree_check *c, struct heal_area of, uint64_t tree,
	const uint8_t root[SHA256_BYTES], bool is_again, struct fail *f)
{
	struct block_tree_shape shape;
	struct level v = { .digests = malloc((size_t)2 * READ_BLOCKS * BLOCK_BYTES) };
	int result = v.digests ? 0 : fail_memory(f);

	block_tree_shape(&shape, of.n);
	for (unsigned level = shape.n_levels; result == 0 && level-- > 0;) {
		v.area = (struct heal_area){ tree + shape.first[level], shape.n[level] };
		result = check_level(
			c, &v, root, is_again, v.digests + (size_t)READ_BLOCKS * BLOCK_BYTES, f);
		v.above = v.area;
	}
	v.area = of;
	if (result == 0)
		result = check_level(
			c, &v, root, is_again, v.digests + (size_t)READ_BLOCKS * BLOCK_BYTES, f);
	free(v.digests);
	return result;
}
