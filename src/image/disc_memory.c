/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/disc_memory.h"

#include <errno.h>

int disc_memory_spend(struct disc_memory *m, size_t n_bytes, struct fail *f)
{
	if (n_bytes > DISC_MEMORY_MAX - m->n_bytes)
		return fail_set(f, FAIL_FAILED, "",
			"a directory on the disc has more in it than is kept in memory (%zu MiB)",
			DISC_MEMORY_MAX >> 20);
	m->n_bytes += n_bytes;
	return 0;
}

void *disc_memory_get(struct disc_memory *m, size_t n_bytes, struct fail *f)
{
	void *p;

	if (disc_memory_spend(m, n_bytes, f))
		return NULL;
	p = arena_alloc(&m->arena, n_bytes);
	if (!p) {
		errno = ENOMEM;
		fail_errno(f, FAIL_FAILED, "", "no memory");
	}
	return p;
}
