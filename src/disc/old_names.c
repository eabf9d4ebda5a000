/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/old_names.h"

#include <stdlib.h>

/* Directories of one parent mostly follow each other: its names are read once. */
int old_names_start(struct old_names *o, bool is_new, struct fail *f)
{
	const struct disc_walk *walk = o->to->walk;
	struct more_names names = { 0 };
	uint32_t last = UINT32_MAX;
	int is_read = 0, result = 0;

	if (!is_new)
		result = names_there_set(&o->directories, 0, f);
	for (size_t i = 1; result == 0 && i < walk->n_directories; i++) {
		uint32_t parent = walk->directories[i].parent;
		const char *name = disc_walk_name(walk, (uint32_t)i);
		int fd;

		if (!names_there_has(&o->directories, parent))
			continue;
		fd = beneath_directory(o->to, parent);
		if (parent != last)
			is_read = names_there_read(&names, fd, parent, f);
		last = parent;
		if (is_read < 0)
			result = -1;
		else if (is_read ? names_there_is_more(&names, parent, name)
				 : names_there_find(fd, name))
			result = names_there_set(&o->directories, i, f);
	}
	free(names.hashes);
	return result;
}

int old_names_look(
	struct old_names *o, const struct disc_walk_step *step, size_t first, struct fail *f)
{
	const struct disc_walk *walk = o->to->walk;
	int fd = -1;

	/* several files of one directory come one by one */
	if (step->directory + 1 == o->looked_at)
		return 0;
	o->looked_at = step->directory + 1;
	if (names_there_has(&o->directories, step->directory))
		fd = beneath_directory(o->to, step->directory);
	if (names_there_look(&o->names, fd, step->listing, o->with_more ? &o->more : NULL,
		    step->directory, f))
		return -1;
	for (size_t i = first; fd >= 0 && i < walk->n_directories; i++) {
		const char *name = disc_walk_name(walk, (uint32_t)i);

		if (names_there_has(&o->names, disc_listing_index(step->listing, name)) &&
			names_there_set(&o->directories, i, f))
			return -1;
	}
	return 0;
}

bool old_names_has(const struct old_names *o, size_t index)
{
	return names_there_has(&o->names, index);
}

bool old_names_has_directory(const struct old_names *o, uint32_t directory)
{
	return names_there_has(&o->directories, directory);
}

bool old_names_has_more(struct old_names *o, uint32_t directory, const char *name)
{
	return names_there_is_more(&o->more, directory, name);
}

void old_names_clear(struct old_names *o)
{
	names_there_clear(&o->directories);
	names_there_clear(&o->names);
	free(o->more.hashes);
	o->more = (struct more_names){ 0 };
}
