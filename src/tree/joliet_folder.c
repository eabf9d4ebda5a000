/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/joliet_folder.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tree/joliet_name.h"

static int compare_places(const void *a, const void *b)
{
	const struct joliet_place *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	/* what is alike stays in the order of its own names */
	return order ? order : strcmp(x->entry->name, y->entry->name);
}

static int compare_name(const void *name, const void *place)
{
	return strcmp(name, ((const struct joliet_place *)place)->name);
}

static const char *alter(const struct entry *e, unsigned number, struct arena *scratch)
{
	char name[JOLIET_BYTES_MAX + 1];

	joliet_name_alter(e->name, S_ISDIR(e->mode), number, name);
	return arena_copy(scratch, name);
}

/* Numbers those of n altered names, sorted, that are not alone. Two numbers make two names: each
 * that is taken is met once. */
static int number_alike(
	struct joliet_place *altered, size_t n, const struct entry *dir, struct arena *scratch)
{
	unsigned number = 0;
	const char **names = arena_alloc(scratch, (n + 1) * sizeof *names);

	if (!names)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const char *name = altered[i].name;
		bool is_taken =
			entry_find(dir, name) || (i && strcmp(altered[i - 1].name, name) == 0);

		while (name && is_taken) {
			name = alter(altered[i].entry, ++number, scratch);
			is_taken = name && (entry_find(dir, name) ||
						   bsearch(name, altered, n, sizeof *altered,
							   compare_name));
		}
		names[i] = name;
		if (!name)
			return -1;
	}
	for (size_t i = 0; i < n; i++)
		altered[i].name = names[i];
	return 0;
}

/* The trees that e is in under its own name, dir being in those. */
static unsigned own_trees(const struct entry *e, unsigned trees)
{
	bool is_held = (S_ISREG(e->mode) || S_ISDIR(e->mode)) && joliet_name_is_kept(e->name);

	return is_held ? trees : trees & IN_ROCK_RIDGE;
}

/* Appends the names that are made for Joliet. 0 or -1. */
static int add_altered(struct joliet_folder *folder, const struct entry *dir, struct arena *scratch)
{
	struct joliet_place *altered = folder->places + folder->n;
	size_t n = 0;

	for (size_t i = 0; i < dir->dir.n; i++) {
		const struct entry *e = dir->dir.children[i];
		const char *name;

		if (!(S_ISREG(e->mode) || S_ISDIR(e->mode)) || joliet_name_is_kept(e->name))
			continue;
		name = alter(e, 0, scratch);
		if (!name)
			return -1;
		altered[n++] = (struct joliet_place){ name, e, IN_JOLIET };
	}
	if (n == 0)
		return 0;
	qsort(altered, n, sizeof *altered, compare_places);
	if (number_alike(altered, n, dir, scratch))
		return -1;
	folder->n += n;
	qsort(folder->places, folder->n, sizeof *folder->places, compare_places);
	return 0;
}

int joliet_folder_make(struct joliet_folder *folder, const struct entry *dir, unsigned trees,
	struct arena *scratch)
{
	*folder = (struct joliet_folder){ calloc(2 * dir->dir.n + 1, sizeof *folder->places), 0 };
	if (!folder->places)
		return -1;
	for (size_t i = 0; i < dir->dir.n; i++) {
		const struct entry *e = dir->dir.children[i];
		unsigned in = own_trees(e, trees);

		if (in)
			folder->places[folder->n++] = (struct joliet_place){ e->name, e, in };
	}
	return trees & IN_JOLIET ? add_altered(folder, dir, scratch) : 0;
}

void joliet_folder_free(struct joliet_folder *folder)
{
	free(folder->places);
	*folder = (struct joliet_folder){ 0 };
}
