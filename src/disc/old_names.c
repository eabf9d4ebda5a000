/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/old_names.h"

/* Reads the names of a directory that was there. */
static int look(
	struct old_names *o, uint32_t directory, const struct disc_listing *l, struct fail *f)
{
	int fd = -1;

	if (names_there_has(&o->directories, directory))
		fd = beneath_directory(o->to, directory);
	return names_there_look(&o->names, fd, l, o->with_more ? &o->more : NULL, directory, f);
}

/* Takes over whether a directory is in the listing of its parent that was looked at. */
static int set_directory(
	struct old_names *o, uint32_t directory, const struct disc_listing *l, struct fail *f)
{
	const char *name = disc_walk_name(o->walk, directory);

	if (!names_there_has(&o->names, disc_listing_index(l, name)))
		return 0;
	return names_there_set(&o->directories, directory, f);
}

/* Directories of one parent mostly follow each other: its names are read once. */
int old_names_start(struct old_names *o, bool is_new, struct fail *f)
{
	uint32_t last = UINT32_MAX;

	if (is_new)
		return 0;
	if (names_there_set(&o->directories, 0, f))
		return -1;
	for (size_t i = 1; i < o->walk->n_directories; i++) {
		uint32_t parent = o->walk->directories[i].parent;
		const struct disc_listing *l;

		if (!names_there_has(&o->directories, parent))
			continue;
		l = disc_walk_listing(o->walk, parent, f);
		if (!l || (parent != last && look(o, parent, l, f)) ||
			set_directory(o, (uint32_t)i, l, f))
			return -1;
		last = parent;
	}
	return 0;
}

int old_names_look(
	struct old_names *o, const struct disc_walk_step *step, size_t first, struct fail *f)
{
	/* several files of one directory come one by one */
	if (step->directory + 1 == o->looked_at)
		return 0;
	o->looked_at = step->directory + 1;
	if (look(o, step->directory, step->listing, f))
		return -1;
	for (size_t i = first; i < o->walk->n_directories; i++)
		if (set_directory(o, (uint32_t)i, step->listing, f))
			return -1;
	return 0;
}

int old_names_enter(struct old_names *o, uint32_t directory, struct fail *f)
{
	const struct disc_listing *l = disc_walk_listing(o->walk, directory, f);

	if (!l || names_there_set(&o->directories, directory, f) || look(o, directory, l, f))
		return -1;
	for (size_t i = 0; i < l->n_nodes; i++)
		if (names_there_has(&o->names, i) &&
			name_set_add(&o->entered, directory, l->nodes[i]->name, f))
			return -1;
	return 0;
}

bool old_names_has(const struct old_names *o, size_t index)
{
	return names_there_has(&o->names, index);
}

bool old_names_has_entered(const struct old_names *o, uint32_t directory, const char *name)
{
	return name_set_has(&o->entered, directory, name);
}

bool old_names_has_directory(const struct old_names *o, uint32_t directory)
{
	return names_there_has(&o->directories, directory) ||
	       name_set_has(&o->entered, o->walk->directories[directory].parent,
		       disc_walk_name(o->walk, directory));
}

bool old_names_is_on_disc(const struct old_names *o, uint32_t directory, const char *name)
{
	const struct disc_listing *l = disc_walk_listing(o->walk, directory, NULL);

	return l && disc_listing_index(l, name) < l->n_nodes;
}

bool old_names_has_more(const struct old_names *o, uint32_t directory, const char *name)
{
	return name_set_has(&o->more, directory, name);
}

void old_names_take_more(struct old_names *o, uint32_t directory, const char *name)
{
	name_set_take(&o->more, directory, name);
}

void old_names_clear(struct old_names *o)
{
	names_there_clear(&o->directories);
	names_there_clear(&o->names);
	name_set_clear(&o->more);
	name_set_clear(&o->entered);
}
