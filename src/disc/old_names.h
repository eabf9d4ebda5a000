/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was in the directory that files are extracted to before the first was, as its entries spell
 * it: directories of the walk and names of their listings (disc/names_there.h). Nothing is changed
 * there. One thread at a time. */
#ifndef DISC_OLD_NAMES_H
#define DISC_OLD_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disc/beneath.h"
#include "disc/names_there.h"
#include "iso/disc_walk.h"
#include "util/fail.h"

/* Zeros at first, but for to, which is borrowed, and with_more. */
struct old_names {
	struct beneath *to;
	bool with_more; /* also names that the disc has not */
	struct names_there directories;
	struct names_there names; /* of the listing that was looked at last */
	uint32_t looked_at;       /* one more than the directory that it is of; 0: none */
	struct more_names more;
};

/* Looks for the directories that the walk has before it starts. is_new: none is there. 0, or -1
 * with f filled: no memory. */
int old_names_start(struct old_names *o, bool is_new, struct fail *f);

/* Looks for the names of a step's listing, and for the directories from number first on, which it
 * has added to the walk. 0, or -1 with f filled: no memory. */
int old_names_look(
	struct old_names *o, const struct disc_walk_step *step, size_t first, struct fail *f);

/* True where that name of the listing was there, or a directory of the walk. */
bool old_names_has(const struct old_names *o, size_t index);
bool old_names_has_directory(const struct old_names *o, uint32_t directory);

/* The same of a name that the disc has not. */
bool old_names_has_more(struct old_names *o, uint32_t directory, const char *name);

/* Frees what o holds. */
void old_names_clear(struct old_names *o);

#endif
