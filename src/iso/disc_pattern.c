/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/disc_pattern.h"

#include <errno.h>
#include <string.h>

#include "util/path_glob.h"

bool disc_pattern_is_one(const char *path)
{
	return strpbrk(path, "*?[") != NULL;
}

/* True where the directory matched, or one above it: all that is in it is added. */
static bool is_added(struct disc_walk *all, uint32_t directory, const char *pattern)
{
	struct disc_walk_directory *d = &all->directories[directory];

	if (directory == 0)
		return false;
	d->is_wanted = (d->parent && all->directories[d->parent].is_wanted) ||
		       path_glob_matches(pattern, disc_walk_path(all, directory, NULL));
	return d->is_wanted;
}

/* Adds all that matches; counts it in *n. */
static int add_step(struct disc_walk *w, struct disc_walk *all, const struct disc_walk_step *step,
	const char *pattern, size_t *n, struct fail *f)
{
	if (is_added(all, step->directory, pattern))
		return 0;
	for (size_t i = 0; i < step->listing->n_nodes; i++) {
		const char *path =
			disc_walk_path(all, step->directory, step->listing->nodes[i]->name);

		if (!path_glob_matches(pattern, path))
			continue;
		if (disc_walk_add(w, path, f))
			return -1;
		++*n;
	}
	return 0;
}

static int add_matching(struct disc_walk *w, const char *pattern, struct fail *f)
{
	struct disc_walk all;
	struct disc_walk_step step;
	bool is_damaged = false;
	int next = -1;
	size_t n = 0;

	if (disc_walk_open(&all, w->files, NULL, NULL, f))
		return -1;
	if (disc_walk_add(&all, "", f))
		goto out;
	while ((next = disc_walk_next(&all, &step, f)) > 0) {
		is_damaged = is_damaged || step.listing->damage;
		if (add_step(w, &all, &step, pattern, &n, f)) {
			next = -1;
			goto out;
		}
	}
	if (next == 0 && n == 0)
		next = fail_set(f, FAIL_FAILED, pattern, "matches nothing on the disc");
	else if (next == 0 && is_damaged && w->damaged)
		w->damaged(w->ctx, pattern, "may match more: a directory is damaged");
out:
	disc_walk_close(&all);
	return next;
}

int disc_pattern_add(struct disc_walk *w, const char *path, struct fail *f)
{
	struct fail why = { 0 };

	if (disc_walk_add(w, path, &why) == 0)
		return 0;
	if (disc_pattern_is_one(path) && (why.sys_errno == ENOENT || why.sys_errno == ENOTDIR))
		return add_matching(w, path, f);
	*f = why;
	return -1;
}
