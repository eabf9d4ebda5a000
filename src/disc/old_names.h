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

/* Zeros at first, but for what is borrowed, and with_more. */
struct old_names {
	struct disc_walk *walk;
	struct beneath *to;
	bool with_more; /* also names that the disc has not */
	struct names_there directories;
	struct names_there names; /* of the listing that was looked at last */
	uint32_t looked_at;       /* one more than the directory that it is of; 0: none */
	struct name_set more;     /* names that the disc has not */
	struct name_set entered;  /* names that it has, in directories that were entered */
};

/* Looks for the directories that the walk has before it starts. is_new: none is there. 0, or -1
 * with f filled. */
int old_names_start(struct old_names *o, bool is_new, struct fail *f);

/* Looks for the names of a step's listing, and for the directories from number first on, which it
 * has added to the walk. 0, or -1 with f filled: no memory. */
int old_names_look(
	struct old_names *o, const struct disc_walk_step *step, size_t first, struct fail *f);

/* Looks for the names of a directory that turns out to have been there, as it is found under
 * another name or in one that was. 0, or -1 with f filled. */
int old_names_enter(struct old_names *o, uint32_t directory, struct fail *f);

/* True where that name of the listing that was looked at last was there. */
bool old_names_has(const struct old_names *o, size_t index);

/* The same of a name in a directory that was entered. */
bool old_names_has_entered(const struct old_names *o, uint32_t directory, const char *name);

/* The same of a directory of the walk, under its name. */
bool old_names_has_directory(const struct old_names *o, uint32_t directory);

/* True where the disc has that name in a directory of the walk. */
bool old_names_is_on_disc(const struct old_names *o, uint32_t directory, const char *name);

/* True where a name was there that the disc has not; taken, it is no longer there for another. */
bool old_names_has_more(const struct old_names *o, uint32_t directory, const char *name);
void old_names_take_more(struct old_names *o, uint32_t directory, const char *name);

/* Frees what o holds. */
void old_names_clear(struct old_names *o);

#endif
