/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/block_owners.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iso/disc_files.h"
#include "iso/disc_walk.h"

struct work {
	struct block_range *ranges;
	size_t n_ranges, memory;
	void (*tell)(void *ctx, const struct block_range *range, const char *path);
	void *ctx;
	struct disc_walk walk;
	bool is_shown; /* the tree that is walked */
};

static bool touches(const struct block_range *range, uint64_t lba, uint64_t n_blocks)
{
	return lba < range->lba ? range->n_blocks && range->lba - lba < n_blocks
				: n_blocks && lba - range->lba < range->n_blocks;
}

static bool touches_extent(const struct block_range *range, const struct disc_extent *e)
{
	return touches(range, e->lba, disc_node_extent_blocks(e));
}

static bool touches_any(
	const struct block_range *range, const struct disc_extent *extents, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (touches_extent(range, &extents[i]))
			return true;
	return false;
}

static void take_structures(struct work *w, const struct disc_extent *extents, size_t n)
{
	for (size_t i = 0; i < w->n_ranges; i++)
		if (touches_any(&w->ranges[i], extents, n))
			w->ranges[i].has_structure = true;
}

/* Where names and attributes go on. */
static void take_areas(struct work *w, const struct disc_listing *l)
{
	for (size_t i = 0; i < w->n_ranges; i++)
		if (touches(&w->ranges[i], l->areas_lba, l->areas_end - l->areas_lba))
			w->ranges[i].has_structure = true;
	take_structures(w, l->parts.at, l->parts.n);
}

/* Tells a path, of which a directory ends with a slash: name is NULL then. */
static void tell_path(
	struct work *w, const struct block_range *range, uint32_t directory, const char *name)
{
	const char *below = disc_walk_path(&w->walk, directory, name);
	char *path;

	if (!w->tell)
		return;
	if (asprintf(&path, "/%s%s", below, !name && *below ? "/" : "") < 0)
		path = NULL;
	w->tell(w->ctx, range, path ? path : "/...");
	free(path);
}

static void take_directory(struct work *w, uint32_t directory)
{
	const struct disc_walk_directory *d = &w->walk.directories[directory];

	for (size_t i = 0; i < w->n_ranges; i++) {
		struct block_range *range = &w->ranges[i];

		if (!touches_extent(range, &d->extent))
			continue;
		range->has_structure = true;
		if (!w->is_shown)
			continue;
		range->n_directories++;
		tell_path(w, range, directory, NULL);
	}
}

static void take_file(struct work *w, uint32_t directory, const struct disc_node *node)
{
	for (size_t i = 0; S_ISREG(node->mode) && i < w->n_ranges; i++) {
		struct block_range *range = &w->ranges[i];

		if (!touches_any(range, node->extents, node->n_extents))
			continue;
		range->n_files++;
		tell_path(w, range, directory, node->name);
	}
}

static void take_step(struct work *w, const struct disc_walk_step *step)
{
	const struct disc_listing *l = step->listing;

	take_directory(w, step->directory);
	take_areas(w, l);
	for (size_t i = 0; w->is_shown && i < l->n_nodes; i++)
		take_file(w, step->directory, l->nodes[i]);
	/* of names that are there twice, all may be meant; a resource fork belongs to its file */
	for (size_t i = 0; w->is_shown && i < l->n_aside; i++)
		take_file(w, step->directory, l->aside[i]);
}

static int walk_tree(struct work *w, const struct disc_files *files, struct fail *f)
{
	struct disc_walk_step step;
	size_t n;
	const struct disc_extent *structures = disc_files_structures(files, &n);
	int next = -1;

	take_structures(w, structures, n);
	if (disc_walk_open(&w->walk, files, NULL, NULL, f) == 0 &&
		disc_walk_add(&w->walk, "", f) == 0)
		while ((next = disc_walk_next(&w->walk, &step, f)) > 0)
			take_step(w, &step);
	disc_walk_close(&w->walk);
	return next;
}

/* The other trees only have directories of their own. */
static int walk_hidden(struct work *w, struct block_reader *blocks, struct fail *f)
{
	struct disc_files *files;
	int result = 0;

	w->is_shown = false;
	for (unsigned i = 0;
		result == 0 && (files = disc_files_open_hidden(blocks, w->memory, i, f)) != NULL;
		i++) {
		result = walk_tree(w, files, f);
		disc_files_close(files);
	}
	return fail_is_set(f) ? -1 : result;
}

int block_owners_find(struct block_reader *blocks, size_t memory, struct block_range *ranges,
	size_t n, void (*tell)(void *ctx, const struct block_range *range, const char *path),
	void *ctx, struct fail *f)
{
	struct work w = { .ranges = ranges,
		.n_ranges = n,
		.memory = memory,
		.tell = tell,
		.ctx = ctx,
		.is_shown = true };
	struct disc_files *files;
	int result;

	files = disc_files_open(blocks, memory, f);
	result = files ? walk_tree(&w, files, f) : -1;
	disc_files_close(files);
	return result ? -1 : walk_hidden(&w, blocks, f);
}
