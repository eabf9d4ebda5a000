/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The digests that a burn stored of the disc's files, in the file SHA256SUMS at its root
 * (crypto/sums_line.h has the forms), by their paths. One that the user made is a file as any
 * other: it may tell of other bytes than those that were burned. Main thread. */
#ifndef TREE_OLD_SUMS_H
#define TREE_OLD_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "iso/disc_files.h"
#include "util/fail.h"

#define OLD_SUMS_NAME "SHA256SUMS"

struct old_sums {
	bool is_there, is_made;
	uint32_t lba; /* where it begins, behind all files that it lists */
	char *text;   /* heap */
	struct old_sums_row {
		const char *path; /* from the root, without a slash at its start */
		const char *digest;
	} * rows; /* heap: sorted */
	size_t n_rows, n_max;
};

/* Its ctime, the sign that a burn made it, which comes from no clock: -("XBUR" as a number), in the
 * year 1923. A file of the sources may show it where a disc of ours is mounted: it goes onto the
 * disc with its mtime instead. */
#define OLD_SUMS_CTIME ((time_t)-0x58425552)
time_t old_sums_plain_ctime(time_t ctime, time_t mtime);

/* True where a burn made it (tree_sums_make). */
bool old_sums_are_made(const struct disc_node *node);

/* Reads it, if a burn made one. Of a path that comes twice, the digest is not known. old_sums_clear
 * in any case. 0, or -1 with f filled: it can't be read, or takes more memory than files has. */
int old_sums_read(struct old_sums *s, const struct disc_files *files, struct fail *f);

/* The digits of the file at path, whose bytes end before the block; NULL: not known. They live as
 * long as s. */
const char *old_sums_find(const struct old_sums *s, const char *path, uint64_t end);

/* Frees what s holds. */
void old_sums_clear(struct old_sums *s);

#endif
