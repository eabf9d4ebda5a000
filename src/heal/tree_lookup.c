/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/tree_lookup.h"

#include <stdlib.h>
#include <string.h>

enum {
	/* blocks of the tree that are read at once: an ECC unit of the medium, whose digests are
	 * of 4 MiB */
	CHUNK_BLOCKS = 32,
	N_CHUNKS = 64,
	/* read ahead, where the tree is read in order: a drive seeks less often */
	AHEAD_MAX = N_CHUNKS / 4,
};

enum block_is { NOT_COMPARED, RIGHT, WRONG, LOST };

struct chunk {
	uint64_t number;
	uint64_t used; /* when: the oldest makes room; 0: empty */
	uint8_t is[CHUNK_BLOCKS];
	uint8_t bytes[CHUNK_BLOCKS][BLOCK_BYTES];
};

struct tree_lookup {
	struct tree_lookup_source source;
	struct block_tree_shape shape;
	struct chunk *chunks[N_CHUNKS]; /* heap, NULL: not needed so far */
	uint64_t clock;
	uint64_t next;    /* the chunk behind those that were read last */
	unsigned n_ahead; /* how many these were */
};

struct tree_lookup *tree_lookup_new(const struct tree_lookup_source *source, struct fail *f)
{
	struct tree_lookup *t = calloc(1, sizeof *t);

	if (!t) {
		fail_memory(f);
		return NULL;
	}
	t->source = *source;
	t->next = UINT64_MAX;
	block_tree_shape(&t->shape, source->n);
	return t;
}

void tree_lookup_free(struct tree_lookup *t)
{
	if (!t)
		return;
	for (unsigned i = 0; i < N_CHUNKS; i++)
		free(t->chunks[i]);
	free(t);
}

static struct chunk *find_chunk(struct tree_lookup *t, uint64_t number)
{
	for (unsigned i = 0; i < N_CHUNKS && t->chunks[i]; i++)
		if (t->chunks[i]->used && t->chunks[i]->number == number) {
			t->chunks[i]->used = ++t->clock;
			return t->chunks[i];
		}
	return NULL;
}

/* The place of the oldest chunk, or a new one. NULL with f filled. */
static struct chunk *make_room(struct tree_lookup *t, struct fail *f)
{
	struct chunk *oldest = t->chunks[0];

	for (unsigned i = 0; i < N_CHUNKS; i++) {
		if (!t->chunks[i]) {
			t->chunks[i] = calloc(1, sizeof *t->chunks[i]);
			if (!t->chunks[i])
				fail_memory(f);
			return t->chunks[i];
		}
		if (t->chunks[i]->used < oldest->used)
			oldest = t->chunks[i];
	}
	return oldest;
}

static int read_chunk(struct tree_lookup *t, uint64_t number, struct fail *f)
{
	uint64_t first = number * CHUNK_BLOCKS, left = t->shape.n_blocks - first;
	struct chunk *c = make_room(t, f);

	if (!c)
		return -1;
	c->used = 0;
	memset(c->is, NOT_COMPARED, sizeof c->is);
	if (tree_check_read(t->source.check, t->source.tree + first,
		    left < CHUNK_BLOCKS ? (uint32_t)left : CHUNK_BLOCKS, c->bytes[0], f))
		return -1;
	c->number = number;
	c->used = ++t->clock;
	return 0;
}

/* The chunk that a block of the tree is in. NULL with f filled. */
static struct chunk *get_chunk(struct tree_lookup *t, uint64_t at, struct fail *f)
{
	uint64_t n_chunks = (t->shape.n_blocks + CHUNK_BLOCKS - 1) / CHUNK_BLOCKS;
	uint64_t number = at / CHUNK_BLOCKS;
	struct chunk *c = find_chunk(t, number);

	if (c)
		return c;
	t->n_ahead = number != t->next ? 1 : t->n_ahead < AHEAD_MAX ? 2 * t->n_ahead : AHEAD_MAX;
	/* the one that is asked for comes last, so that it stays the longest */
	for (unsigned i = t->n_ahead; i-- > 0;)
		if (number + i < n_chunks && !find_chunk(t, number + i) &&
			read_chunk(t, number + i, f))
			return NULL;
	t->next = number + t->n_ahead;
	return find_chunk(t, number);
}

/* Compares a block of a chunk that is there; what it lacks is mended where that can be. 1, 0 or
 * -1. */
static int compare(struct tree_lookup *t, uint64_t at, const uint8_t wanted[SHA256_BYTES],
	bool brings_back, struct fail *f)
{
	const struct tree_lookup_source *s = &t->source;
	const struct block_tree_hash *hash = s->check->hash;
	unsigned i = (unsigned)(at % CHUNK_BLOCKS);
	uint8_t digest[SHA256_BYTES], mended[BLOCK_BYTES];
	struct chunk *c = get_chunk(t, at, f);
	int result;

	if (!c)
		return -1;
	if (c->is[i] == NOT_COMPARED) {
		hash->digest(hash->ctx, c->bytes[i], digest);
		c->is[i] = memcmp(digest, wanted, sizeof digest) ? WRONG : RIGHT;
	}
	if (c->is[i] == RIGHT || c->is[i] == LOST || !s->mend)
		return c->is[i] == RIGHT;
	result = s->mend(s->ctx, s->tree + at, wanted, brings_back, mended, f);
	/* that may have made room for others */
	if (result < 0 || !(c = get_chunk(t, at, f)))
		return -1;
	if (result) {
		memcpy(c->bytes[i], mended, BLOCK_BYTES);
		c->is[i] = RIGHT;
	} else if (brings_back) {
		c->is[i] = LOST;
	}
	return result;
}

/* Fills digest with that of a block of a level. */
static int find_digest(struct tree_lookup *t, unsigned level, uint64_t i, bool brings_back,
	uint8_t digest[SHA256_BYTES], struct fail *f);

/* Makes sure that a block of a level is there, and right. */
static int find_block(struct tree_lookup *t, unsigned level, uint64_t i, bool brings_back,
	const uint8_t **bytes, struct fail *f)
{
	uint64_t at = t->shape.first[level] + i;
	struct chunk *c = find_chunk(t, at / CHUNK_BLOCKS);
	uint8_t wanted[SHA256_BYTES];
	int result = 1;

	if (!c || c->is[at % CHUNK_BLOCKS] != RIGHT) {
		result = find_digest(t, level, i, brings_back, wanted, f);
		if (result == 1)
			result = compare(t, at, wanted, brings_back, f);
		if (result != 1)
			return result;
		c = get_chunk(t, at, f);
		if (!c)
			return -1;
	}
	*bytes = c->bytes[at % CHUNK_BLOCKS];
	return 1;
}

static int find_digest(struct tree_lookup *t, unsigned level, uint64_t i, bool brings_back,
	uint8_t digest[SHA256_BYTES], struct fail *f)
{
	const uint8_t *above;
	int result;

	if (level + 1 == t->shape.n_levels) {
		memcpy(digest, t->source.root, SHA256_BYTES);
		return 1;
	}
	result = find_block(t, level + 1, i / BLOCK_TREE_DIGESTS, brings_back, &above, f);
	if (result == 1)
		memcpy(digest, above + i % BLOCK_TREE_DIGESTS * SHA256_BYTES, SHA256_BYTES);
	return result;
}

int tree_lookup_digests(struct tree_lookup *t, uint64_t at, uint32_t n, bool brings_back,
	uint8_t *digests, struct fail *f)
{
	const uint8_t *leaf;
	int result = find_block(t, 0, at / BLOCK_TREE_DIGESTS, brings_back, &leaf, f);

	if (result == 1)
		memcpy(digests, leaf + at % BLOCK_TREE_DIGESTS * SHA256_BYTES,
			(size_t)n * SHA256_BYTES);
	return result;
}

int tree_lookup_digest_within(struct tree_lookup *t, uint64_t at, bool brings_back,
	uint8_t digest[SHA256_BYTES], struct fail *f)
{
	unsigned level = 0;

	while (at < t->shape.first[level])
		level++;
	return find_digest(t, level, at - t->shape.first[level], brings_back, digest, f);
}
