/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directories that files of a disc are extracted to: they are made before the files, and get
 * their attributes after them, the deepest first. One that was there keeps its own, with force it
 * gets the disc's; where both are the same, they stay so. Main thread. */
#ifndef DISC_TARGET_TREE_H
#define DISC_TARGET_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "disc/beneath.h"
#include "disc/names_there.h"
#include "disc/old_names.h"
#include "disc/outcome.h"
#include "disc/restore.h"
#include "iso/disc_walk.h"
#include "util/fail.h"

/* Zeros at first, but for what is borrowed, and renames. */
struct target_tree {
	struct disc_walk *walk;
	struct beneath *to;
	struct old_names *old;
	struct restore *restore;
	struct outcome *outcome;
	bool renames; /* those whose names can't be had get others */
	/* by their numbers: are to be made; were made, or could not be; are there, and we may set
	 * their attributes */
	struct names_there is_needed, is_made, is_ready;
	size_t n_kept; /* that keep attributes which are not the disc's */
};

/* The directory is to be made. 0, or -1 with f filled: no memory. */
int target_tree_need(struct target_tree *t, uint32_t directory, struct fail *f);

/* Makes those that are needed and those on the way to them. 0; -1 with f filled where nothing more
 * can be made. */
int target_tree_make(struct target_tree *t, struct fail *f);

/* Sets the attributes of those that the walk was for; with_root: of the first, too. 0, or -1 with f
 * filled. */
int target_tree_finish(struct target_tree *t, bool with_root, struct fail *f);

/* Frees what t holds. */
void target_tree_clear(struct target_tree *t);

#endif
