/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/block_owners.h"

#include <string.h>

#include "iso/disc_files.h"
#include "iso/disc_walk.h"
#include "iso/descriptors.h"
#include "util/sector.h"
#include "util/size.h"

enum { PATH_BYTES = 4200 };

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

static bool touches_bytes(const struct block_range *range, uint32_t lba, uint32_t n_bytes)
{
	return touches(range, lba, size_round_up(n_bytes, BLOCK_BYTES) / BLOCK_BYTES);
}

static void take_structure(struct work *w, uint64_t lba, uint64_t n_blocks)
{
	for (size_t i = 0; i < w->n_ranges; i++)
		if (touches(&w->ranges[i], lba, n_blocks))
			w->ranges[i].has_structure = true;
}

/* Tells a path, of which a directory ends with a slash: name is NULL then. */
static void tell_path(
	struct work *w, const struct block_range *range, uint32_t directory, const char *name)
{
	char path[1 + PATH_BYTES + 1] = "/";

	if (!w->tell)
		return;
	disc_walk_path(&w->walk, directory, name, path + 1, PATH_BYTES);
	if (!name && path[1])
		memcpy(path + strlen(path), "/", 2);
	w->tell(w->ctx, range, path);
}

static void take_directory(struct work *w, uint32_t directory)
{
	const struct disc_walk_directory *d = &w->walk.directories[directory];

	for (size_t i = 0; i < w->n_ranges; i++) {
		struct block_range *range = &w->ranges[i];

		if (!touches_bytes(range, d->lba, d->n_bytes))
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

		for (uint32_t j = 0; j < node->n_extents; j++) {
			if (!touches_bytes(range, node->extents[j].lba, node->extents[j].n_bytes))
				continue;
			range->n_files++;
			tell_path(w, range, directory, node->name);
			break;
		}
	}
}

static void take_step(struct work *w, const struct disc_walk_step *step)
{
	const struct disc_listing *l = step->listing;

	take_directory(w, step->directory);
	take_structure(w, l->areas_lba, l->areas_end - l->areas_lba);
	for (size_t i = 0; w->is_shown && i < l->n_nodes; i++)
		take_file(w, step->directory, l->nodes[i]);
	/* of names that are there twice, all may be meant; a resource fork belongs to its file */
	for (size_t i = 0; w->is_shown && i < l->n_aside; i++)
		take_file(w, step->directory, l->aside[i]);
}

static int walk_tree(struct work *w, const struct disc_files *files, struct fail *f)
{
	struct disc_walk_step step;
	int next = -1;

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

static int find_structure(struct work *w, struct block_reader *blocks, struct fail *f)
{
	struct descriptors d;

	if (descriptors_read(&d, blocks, f))
		return -1;
	for (unsigned i = 0; i < d.n_extents; i++)
		take_structure(w, d.extents[i].lba,
			size_round_up(d.extents[i].n_bytes, BLOCK_BYTES) / BLOCK_BYTES);
	return 0;
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

	if (find_structure(&w, blocks, f))
		return -1;
	files = disc_files_open(blocks, memory, f);
	result = files ? walk_tree(&w, files, f) : -1;
	disc_files_close(files);
	return result ? -1 : walk_hidden(&w, blocks, f);
}
