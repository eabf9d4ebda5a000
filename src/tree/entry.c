/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/entry.h"

#include <stdlib.h>
#include <string.h>

void entry_set_attributes(struct entry *e, const struct stat *st)
{
	e->mode = st->st_mode;
	e->uid = st->st_uid;
	e->gid = st->st_gid;
	e->rdev = st->st_rdev;
	e->atime = st->st_atime;
	e->mtime = st->st_mtime;
	e->ctime = st->st_ctime;
	e->made_up = false;
}

/* Where name is, or has to go, among the children. */
static size_t place_of(const struct entry *dir, const char *name, bool *is_there)
{
	size_t low = 0, high = dir->dir.n;

	*is_there = false;
	/* the scan, in order, always appends */
	if (high && strcmp(dir->dir.children[high - 1]->name, name) < 0)
		return high;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(dir->dir.children[mid]->name, name);

		if (order == 0) {
			*is_there = true;
			return mid;
		}
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct entry *entry_find(const struct entry *dir, const char *name)
{
	bool is_there;
	size_t at = place_of(dir, name, &is_there);

	return is_there ? dir->dir.children[at] : NULL;
}

/* Room for one child more. 0 or -1. */
static int make_room(struct entry *dir)
{
	size_t n = dir->dir.n_max ? 2 * dir->dir.n_max : 8;
	struct entry **children;

	if (dir->dir.n < dir->dir.n_max)
		return 0;
	children = realloc(dir->dir.children, n * sizeof *children);
	if (!children)
		return -1;
	dir->dir.children = children;
	dir->dir.n_max = n;
	return 0;
}

struct entry *entry_new(struct arena *a, struct entry *dir, const char *name)
{
	struct entry *e = arena_alloc(a, sizeof *e);
	bool is_there;
	size_t at;

	if (!e)
		return NULL;
	e->name = name;
	if (!dir)
		return e;
	if (make_room(dir))
		return NULL;
	at = place_of(dir, name, &is_there);
	memmove(dir->dir.children + at + 1, dir->dir.children + at,
		(dir->dir.n - at) * sizeof *dir->dir.children);
	dir->dir.children[at] = e;
	dir->dir.n++;
	return e;
}

void entry_free(struct entry *e)
{
	if (!e || !S_ISDIR(e->mode))
		return;
	for (size_t i = 0; i < e->dir.n; i++)
		entry_free(e->dir.children[i]);
	free(e->dir.children);
}
