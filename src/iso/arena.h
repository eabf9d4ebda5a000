/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory for many small things that live and die together: what a tree of a million files is made
 * of. Nothing is freed singly. One thread at a time. */
#ifndef ISO_ARENA_H
#define ISO_ARENA_H

#include <stddef.h>

struct arena {
	struct arena_chunk *chunks; /* NULL: empty */
};

/* n_bytes of zeros, aligned for any type. NULL without memory. */
void *arena_alloc(struct arena *a, size_t n_bytes);

/* A copy of text, not aligned. NULL without memory. */
char *arena_copy(struct arena *a, const char *text);

/* Frees everything; the arena is empty then. */
void arena_clear(struct arena *a);

#endif
