/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the command line names, sources and grafts, as one tree of entries (tree/scan.h). */
#ifndef TREE_SOURCES_H
#define TREE_SOURCES_H

#include <stddef.h>

#include "iso/arena.h"
#include "tree/entry.h"
#include "tree/old_tree.h"
#include "tree/tree_file.h"
#include "tree/tree_spec.h"
#include "util/fail.h"
#include "util/message.h"

struct sources {
	struct entry *root; /* entry_free */
	struct tree_facts facts;
	size_t n_left_out; /* unreadable, with skip_unreadable */
};

/* Scans all that spec names; old (NULL: nothing), keep and scratch: see tree/scan.h. 0, or -1 with
 * f filled, as tree_new says. */
int sources_scan(struct sources *found, const struct tree_spec *spec, struct tree_file_set *files,
	struct old_tree *old, struct arena *keep, struct arena *scratch, const struct messages *m,
	struct fail *f);

#endif
