/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/name_set.h"

#include <stdlib.h>

/* FNV-1a, of which the lowest bit is not kept. */
static uint64_t hash(uint32_t directory, const char *name)
{
	uint64_t h = 0xcbf29ce484222325 ^ directory;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3;
	h &= ~(uint64_t)1;
	return h ? h : 2;
}

/* The place of a hash, or the free one where it belongs. */
static uint64_t *find(const struct name_set *s, uint64_t h)
{
	size_t at = (h >> 1) & (s->n_slots - 1);

	while (s->slots[at] && (s->slots[at] & ~(uint64_t)1) != h)
		at = (at + 1) & (s->n_slots - 1);
	return &s->slots[at];
}

/* A quarter stays free. */
static int make_room(struct name_set *s, struct fail *f)
{
	struct name_set more = { .n_slots = s->n_slots ? 2 * s->n_slots : 256, .n = s->n };

	if (s->n < s->n_slots / 4 * 3)
		return 0;
	more.slots = calloc(more.n_slots, sizeof *more.slots);
	if (!more.slots)
		return fail_memory(f);
	for (size_t i = 0; i < s->n_slots; i++)
		if (s->slots[i])
			*find(&more, s->slots[i] & ~(uint64_t)1) = s->slots[i];
	free(s->slots);
	*s = more;
	return 0;
}

int name_set_add(struct name_set *s, uint32_t directory, const char *name, struct fail *f)
{
	uint64_t h = hash(directory, name), *slot;

	if (make_room(s, f))
		return -1;
	slot = find(s, h);
	if (*slot == 0) {
		*slot = h;
		s->n++;
	}
	return 0;
}

bool name_set_has(const struct name_set *s, uint32_t directory, const char *name)
{
	uint64_t h = hash(directory, name);

	return s->n && *find(s, h) == h;
}

void name_set_take(struct name_set *s, uint32_t directory, const char *name)
{
	if (name_set_has(s, directory, name))
		*find(s, hash(directory, name)) |= 1;
}

void name_set_clear(struct name_set *s)
{
	free(s->slots);
	*s = (struct name_set){ 0 };
}
