/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/disc_end.h"

#include <stdio.h>
#include <string.h>

#include "iso/disc_walk.h"

/* What is lost of a step: a file in the directory, or ".", itself; NULL: nothing. */
static const char *find_lost(const struct disc_walk *w, const struct disc_walk_step *step)
{
	const struct disc_walk_directory *d = &w->directories[step->directory];
	const struct disc_listing *l = step->listing;

	if (d->extent.lba + disc_node_extent_blocks(&d->extent) > w->n_blocks)
		return ".";
	for (size_t i = 0; i < l->n_nodes; i++)
		if (S_ISREG(l->nodes[i]->mode) &&
			disc_node_bytes_there(l->nodes[i], w->n_blocks) < l->nodes[i]->n_bytes)
			return l->nodes[i]->name;
	return NULL;
}

/* What does not fit is cut at its start. */
static void copy_end(char *to, size_t n, const char *path)
{
	size_t n_path = strlen(path);

	if (n_path < n)
		snprintf(to, n, "%s", path);
	else
		snprintf(to, n, "...%s", path + n_path - (n - 4));
}

int disc_end_find(const struct disc_files *d, char *path, size_t n, struct fail *f)
{
	struct disc_walk w;
	struct disc_walk_step step;
	const char *lost = NULL;
	int next = -1;

	if (disc_walk_open(&w, d, NULL, NULL, f))
		return -1;
	if (disc_walk_add(&w, "", f) == 0)
		while (!lost && (next = disc_walk_next(&w, &step, f)) > 0)
			lost = find_lost(&w, &step);
	if (lost && path)
		copy_end(path, n,
			disc_walk_path(&w, step.directory, *lost == '.' && !lost[1] ? NULL : lost));
	disc_walk_close(&w);
	return next;
}

void disc_end_check(struct disc_files *d)
{
	struct fail ignored = { 0 };

	if (disc_files_n_blocks(d) > disc_files_n_blocks_there(d) && !disc_files_damage(d) &&
		disc_end_find(d, NULL, 0, &ignored) != 0)
		disc_files_tell_truncated(d);
}
