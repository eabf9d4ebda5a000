/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory for what a stranger's disc makes us keep: counted, and refused beyond DISC_MEMORY_MAX. */
#ifndef IMAGE_DISC_MEMORY_H
#define IMAGE_DISC_MEMORY_H

#include <stddef.h>

#include "image/arena.h"
#include "util/fail.h"

#define DISC_MEMORY_MAX ((size_t)24 * 1024 * 1024)

/* Zeros: nothing is kept. What is freed is not counted back. */
struct disc_memory {
	struct arena arena;
	size_t n_bytes; /* in the arena and elsewhere */
};

/* Counts n_bytes that lie elsewhere, or are about to be taken from the arena. 0, or -1 with f
 * filled: that would be more than is kept. */
int disc_memory_spend(struct disc_memory *m, size_t n_bytes, struct fail *f);

/* n_bytes of zeros, of the arena. NULL with f filled. */
void *disc_memory_get(struct disc_memory *m, size_t n_bytes, struct fail *f);

#endif
