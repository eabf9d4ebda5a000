/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/disc_memory.h"

size_t disc_memory_share(size_t granted, unsigned n_eighths)
{
	return granted / 8 * n_eighths;
}

int disc_memory_refuse(struct fail *f, size_t granted, unsigned n_eighths, const char *what)
{
	fail_set(f, FAIL_FAILED, "", "%s more than %zu MiB of memory", what,
		disc_memory_share(granted, n_eighths) >> 20);
	fail_hint(f, "grant more than the %zu MiB in all with -max-memory, if you trust the disc",
		granted >> 20);
	return -1;
}

int disc_memory_spend(struct disc_memory *m, size_t n_bytes, struct fail *f)
{
	if (n_bytes > disc_memory_share(m->granted, DISC_MEMORY_LISTING) - m->n_bytes)
		return disc_memory_refuse(
			f, m->granted, DISC_MEMORY_LISTING, "a directory on the disc needs");
	m->n_bytes += n_bytes;
	return 0;
}

void *disc_memory_get(struct disc_memory *m, size_t n_bytes, struct fail *f)
{
	void *p;

	if (disc_memory_spend(m, n_bytes, f))
		return NULL;
	p = arena_alloc(&m->arena, n_bytes);
	if (!p)
		fail_memory(f);
	return p;
}
