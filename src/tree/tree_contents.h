/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The contents of a tree's files, one after the other, each padded with zeros to a whole block.
 *
 * A file always has the size that the scan saw: what is missing is zeros, and the file is
 * remembered as changed (tree/tree_file.h). The holes of sparse files are not read. Runs in the
 * thread that pulls it.
 */
#ifndef TREE_TREE_CONTENTS_H
#define TREE_TREE_CONTENTS_H

#include "tree/image_source.h"
#include "tree/tree_file.h"
#include "tree/tree_sums.h"
#include "util/fail.h"

/* Fills c, whose free frees it. The set is borrowed, and so are sums, which may be NULL. 0, or -1
 * with f filled. */
int tree_contents_init(struct image_contents *c, struct tree_file_set *files,
	struct tree_sums *sums, struct fail *f);

#endif
