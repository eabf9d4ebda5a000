/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/sector.h"

struct arena_chunk {
	struct arena_chunk *next;
	size_t n_used, n_max;
	_Alignas(max_align_t) unsigned char bytes[];
};

/* The chunk that has room for n bytes more; NULL without memory. */
static struct arena_chunk *chunk_for(struct arena *a, size_t n)
{
	struct arena_chunk *c = a->chunks;
	size_t size = n > CHUNK_BYTES ? n : CHUNK_BYTES;

	if (c && c->n_max - c->n_used >= n)
		return c;
	if (n > SIZE_MAX / 2)
		return NULL;
	c = calloc(1, sizeof *c + size);
	if (!c)
		return NULL;
	c->n_max = size;
	c->next = a->chunks;
	a->chunks = c;
	return c;
}

void *arena_alloc(struct arena *a, size_t n_bytes)
{
	size_t align = _Alignof(max_align_t), skip = 0;
	struct arena_chunk *c;
	void *p;

	if (a->chunks)
		skip = (align - a->chunks->n_used % align) % align;
	c = chunk_for(a, n_bytes + skip);
	if (!c)
		return NULL;
	c->n_used += (align - c->n_used % align) % align;
	p = c->bytes + c->n_used;
	c->n_used += n_bytes;
	return p;
}

char *arena_copy(struct arena *a, const char *text)
{
	size_t n = strlen(text) + 1;
	struct arena_chunk *c = chunk_for(a, n);
	char *p;

	if (!c)
		return NULL;
	p = memcpy(c->bytes + c->n_used, text, n);
	c->n_used += n;
	return p;
}

void arena_clear(struct arena *a)
{
	while (a->chunks) {
		struct arena_chunk *next = a->chunks->next;

		free(a->chunks);
		a->chunks = next;
	}
}
