/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/disc_extents.h"

#include <stdlib.h>

int disc_extents_add(
	struct disc_extents *e, struct disc_extent part, struct disc_memory *memory, struct fail *f)
{
	if (part.n_bytes == 0)
		return 0;
	if (e->n == e->max) {
		uint32_t max = e->max ? 2 * e->max : 16;
		struct disc_extent *at = NULL;

		if (disc_memory_spend(memory, (max - e->max) * sizeof *at, f))
			return -1;
		at = realloc(e->at, max * sizeof *at);
		if (!at)
			return fail_memory(f);
		e->at = at;
		e->max = max;
	}
	e->at[e->n++] = part;
	e->n_bytes += part.n_bytes;
	return 0;
}

void disc_extents_clear(struct disc_extents *e)
{
	free(e->at);
	*e = (struct disc_extents){ 0 };
}
