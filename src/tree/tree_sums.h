/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The digests of a tree's files, as a file of the tree, in the form that "sha256sum -c" takes: it
 * is the last one on the disc, when those of all others are known. Its length and its lines are
 * known in advance: only the digits are filled in while the files are read.
 *
 * Made in the main thread; then the thread that reads the contents has it.
 */
#ifndef TREE_TREE_SUMS_H
#define TREE_TREE_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/file_digest.h"
#include "iso/arena.h"
#include "tree/entry.h"
#include "tree/tree_file.h"
#include "util/fail.h"

struct tree_sums {
	struct file_digest *digest;
	const struct tree_file *file; /* that has the digests; NULL: there is none */
	char *text;                   /* heap: of that file */
	size_t n_text, max_text;
	struct {
		uint64_t serial; /* of a file */
		size_t at;       /* of its line in text */
	} * lines;               /* heap; in the order of the files */
	size_t n_lines, max_lines, next_line;
	size_t n_old;                 /* more lines, of files that an earlier session has */
	size_t n_unlisted;            /* such files whose digests are not known */
	const struct entry *unlisted; /* one of them, as long as the tree's entries live */
};

/* Adds the file, called SHA256SUMS, to the root. Its attributes are the root's, but
 * for its mode and its ctime (tree/old_sums.h). Where that name is
 * taken by the sources: FAIL_USAGE if is_wanted, else nothing is added. tree_sums_clear in any
 * case. 0, or -1 with f filled. */
int tree_sums_make(struct tree_sums *s, struct entry *root, bool is_wanted,
	struct tree_file_set *files, struct arena *scratch, struct fail *f);

/* The next bytes of a file, as they go out. */
void tree_sums_update(struct tree_sums *s, const void *bytes, size_t n_bytes);

/* The file was read to its end. 0, or -1 with f filled. */
int tree_sums_end_file(struct tree_sums *s, const struct tree_file *file, struct fail *f);

/* Frees what s holds. */
void tree_sums_clear(struct tree_sums *s);

#endif
