/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which names a directory has in the Rock Ridge tree, and which in the Joliet tree, where no two
 * may be alike once they are shortened. */
#ifndef TREE_JOLIET_FOLDER_H
#define TREE_JOLIET_FOLDER_H

#include <stddef.h>

#include "iso/arena.h"
#include "tree/entry.h"

enum { IN_ROCK_RIDGE = 1, IN_JOLIET = 2 };

/* An entry under a name that is in these trees. */
struct joliet_place {
	const char *name;
	const struct entry *entry;
	unsigned trees;
};

struct joliet_folder {
	struct joliet_place *places; /* heap: sorted by name (strcmp), all of which differ */
	size_t n;
};

/* All places of dir, which itself is in these trees; names that are made come from scratch. The
 * time it takes grows as that of sorting the names. joliet_folder_free in any case. 0, or -1
 * without memory. */
int joliet_folder_make(struct joliet_folder *folder, const struct entry *dir, unsigned trees,
	struct arena *scratch);

/* Frees what the folder holds. */
void joliet_folder_free(struct joliet_folder *folder);

#endif
