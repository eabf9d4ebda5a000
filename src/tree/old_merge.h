/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The entries that the sources' scan has made are completed by what is only on the disc, which
 * keeps its attributes; what both have is the sources'.
 *
 * With mirrors, what a directory that was scanned as a whole lacks is dropped, so that it is as if
 * it were burned anew: what was excluded is dropped, too. What could not be read is not: it stays
 * as the disc has it. Directories that were made for a graft's path keep what they have. A
 * SHA256SUMS that a burn made, which would be out of date, never stays: unless the sources have
 * one, tree/tree_sums.h makes a new one, or there is none. Main thread. */
#ifndef TREE_OLD_MERGE_H
#define TREE_OLD_MERGE_H

#include "iso/arena.h"
#include "tree/entry.h"
#include "tree/old_tree.h"
#include "tree/tree_file.h"
#include "tree/tree_spec.h"
#include "util/fail.h"

/* facts grows by what is added; changes is filled. FAIL_MISMATCH: the bytes of a file that is only
 * on the disc are not in one piece, or compressed. 0, or -1 with f filled. */
int old_merge(struct old_tree *o, const struct tree_spec *spec, struct entry *root,
	struct tree_file_set *files, struct arena *scratch, struct tree_facts *facts,
	struct tree_changes *changes, struct fail *f);

#endif
