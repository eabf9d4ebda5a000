/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The digests that a disc has of its files, in the file SHA256SUMS at its root (crypto/sums_line.h
 * has the forms), by their paths. They come from a stranger. Main thread. */
#ifndef TREE_OLD_SUMS_H
#define TREE_OLD_SUMS_H

#include <stdbool.h>
#include <stddef.h>

#include "iso/disc_files.h"
#include "util/fail.h"

#define OLD_SUMS_NAME "SHA256SUMS"

struct old_sums {
	bool is_there;
	char *text; /* heap */
	struct old_sums_row {
		const char *path; /* from the root, without a slash at its start */
		const char *digest;
	} * rows; /* heap: sorted */
	size_t n_rows, n_max;
};

/* True where a burn made it, as tree_sums_make does: with the times and the owner of the root, and
 * for reading alone. One that the user made is a file as any other. */
bool old_sums_are_made(const struct disc_node *root, const struct disc_node *node);

/* Reads it, if there is one. Of a path that comes twice, the digest is not known. old_sums_clear in
 * any case. 0, or -1 with f filled: it can't be read, or takes more memory than files has. */
int old_sums_read(struct old_sums *s, const struct disc_files *files, struct fail *f);

/* The digits; NULL: not known. They live as long as s. */
const char *old_sums_find(const struct old_sums *s, const char *path);

/* Frees what s holds. */
void old_sums_clear(struct old_sums *s);

#endif
