/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The walk: sources, grafts and excludes become one tree of entries, sorted by name, with every
 * collision and everything that can't be read found.
 *
 * It goes by descriptors (openat(2), fstatat(2)), so that paths may be of any length. Main thread;
 * a caught signal ends it. */
#ifndef TREE_WALK_H
#define TREE_WALK_H

#include <stddef.h>

#include "iso/arena.h"
#include "tree/entry.h"
#include "tree/tree_file.h"
#include "tree/tree_spec.h"
#include "util/fail.h"
#include "util/message.h"

struct walk_result {
	struct entry *root; /* entry_free */
	struct tree_facts facts;
	size_t n_left_out; /* unreadable, with skip_unreadable */
};

/* Walks spec. keep holds what has to live until the burn is over (files and folders), scratch what
 * may go once libisofs has its nodes. 0, or -1 with f filled, as tree_new says. */
int walk_sources(const struct tree_spec *spec, struct tree_file_set *files, struct arena *keep,
	struct arena *scratch, struct walk_result *result, const struct messages *m,
	struct fail *f);

#endif
