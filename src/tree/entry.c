/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/entry.h"

#include <stdlib.h>
#include <string.h>

#include "tree/old_sums.h"

void entry_set_attributes(struct entry *e, const struct stat *st)
{
	e->mode = st->st_mode;
	e->uid = st->st_uid;
	e->gid = st->st_gid;
	e->rdev = st->st_rdev;
	e->atime = st->st_atime;
	e->mtime = st->st_mtime;
	e->ctime = old_sums_plain_ctime(st->st_ctime, st->st_mtime);
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
	e->up = dir;
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

int entry_lose(struct arena *a, struct entry *dir, const char *name)
{
	struct entry_lost *lost = arena_alloc(a, sizeof *lost);

	if (!lost)
		return -1;
	*lost = (struct entry_lost){ dir->dir.lost, name };
	dir->dir.lost = lost;
	return 0;
}

bool entry_may_have(const struct entry *dir, const char *name)
{
	const struct entry_lost *lost = dir->dir.lost;

	while (lost && strcmp(lost->name, name) != 0)
		lost = lost->next;
	return lost || dir->dir.is_lost;
}

int entry_adopt(struct entry *dir, struct entry **children, size_t n)
{
	size_t n_all = dir->dir.n + n, i = 0, k = 0;
	struct entry **all;

	if (n == 0)
		return 0;
	all = malloc(n_all * sizeof *all);
	if (!all)
		return -1;
	for (size_t at = 0; at < n_all; at++) {
		bool is_own = k == n || (i < dir->dir.n && strcmp(dir->dir.children[i]->name,
								   children[k]->name) < 0);

		all[at] = is_own ? dir->dir.children[i++] : children[k++];
		all[at]->up = dir;
	}
	free(dir->dir.children);
	dir->dir.children = all;
	dir->dir.n = dir->dir.n_max = n_all;
	return 0;
}

void entry_free(struct entry *e)
{
	if (!e || !S_ISDIR(e->mode))
		return;
	for (size_t i = 0; i < e->dir.n; i++)
		entry_free(e->dir.children[i]);
	free(e->dir.children);
}
