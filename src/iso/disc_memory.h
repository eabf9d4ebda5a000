/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory for what a stranger's disc makes us keep: counted, and refused beyond what is granted.
 *
 * It is one grant for a disc, in bytes, which those who keep something share: a directory that is
 * read may take DISC_MEMORY_LISTING of it; the others say so themselves. */
#ifndef ISO_DISC_MEMORY_H
#define ISO_DISC_MEMORY_H

#include <stddef.h>

#include "iso/arena.h"
#include "util/fail.h"

#define DISC_MEMORY_DEFAULT ((size_t)64 * 1024 * 1024)

/* Shares of the grant, in eighths. */
enum { DISC_MEMORY_LISTING = 3, DISC_MEMORY_TABLE = 5 };

/* n_eighths eighths of what is granted. */
size_t disc_memory_share(size_t granted, unsigned n_eighths);

/* Fills f: what needs too much, how much memory was granted, and how to grant more. -1 */
int disc_memory_refuse(struct fail *f, size_t granted, unsigned n_eighths, const char *what);

/* The memory of a directory; all zeros except granted. What is freed still counts. */
struct disc_memory {
	size_t granted;
	struct arena arena;
	size_t n_bytes; /* in the arena and elsewhere */
};

/* Counts n_bytes that lie elsewhere, or are about to be taken from the arena. 0, or -1 with f
 * filled: that would be more than a directory may take. */
int disc_memory_spend(struct disc_memory *m, size_t n_bytes, struct fail *f);

/* n_bytes of zeros, of the arena. NULL with f filled. */
void *disc_memory_get(struct disc_memory *m, size_t n_bytes, struct fail *f);

#endif
