/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/file_system.h"

#include <stdlib.h>
#include <string.h>

#include "image/disc_tree.h"
#include "image/tree_reader.h"
#include "image/volume_layout.h"
#include "util/sector.h"

enum { PATH_BYTES = 4200 };

struct file_system {
	struct disc_tree tree;
	struct fail damage;
};

/* Reads all descriptors of a file system that is all there. */
static int read_layout(struct block_reader *blocks, struct volume_layout *v, struct fail *f)
{
	if (volume_layout_read(v, blocks, f))
		return -1;
	if (v->n_blocks > blocks->n_blocks)
		return fail_set(f, FAIL_FAILED, "",
			"the ISO 9660 file system is cut: it announces %llu blocks, but only %llu "
			"are there",
			(unsigned long long)v->n_blocks, (unsigned long long)blocks->n_blocks);
	return 0;
}

/* What the descriptors point to, as far as it is there at all. */
static int add_places(
	struct disc_tree *t, const struct volume_layout *v, uint64_t n_blocks, struct fail *f)
{
	for (unsigned i = 0; i < v->n_places; i++) {
		uint32_t lba = v->places[i].lba;
		uint32_t n = (v->places[i].n_bytes - 1) / BLOCK_BYTES + 1;

		if (lba < n_blocks && n <= n_blocks - lba &&
			disc_tree_add_extent(t, DISC_TREE_NOWHERE, DISC_TREE_NOWHERE, lba, n, f))
			return -1;
	}
	return 0;
}

static int read_trees(struct file_system *fs, struct block_reader *blocks, struct fail *f)
{
	struct volume_layout v = { .n_places = 0 };
	struct tree_reader *r = NULL;
	unsigned shown = 0;
	int result = -1;

	if (read_layout(blocks, &v, f) || add_places(&fs->tree, &v, blocks->n_blocks, f))
		goto out;
	r = tree_reader_new(blocks, &fs->tree, &fs->damage, f);
	if (!r)
		goto out;
	for (unsigned i = 1; i < v.n_trees && !shown; i++)
		if (v.trees[i].kind == VOLUME_TREE_JOLIET)
			shown = i;
	if (shown && tree_reader_finds_rock_ridge(r, &v.trees[0]))
		shown = 0;
	/* the others only add their directories' blocks */
	if (tree_reader_read(r, &v.trees[shown], true, f))
		goto out;
	for (unsigned i = 0; i < v.n_trees; i++)
		if (i != shown && tree_reader_read(r, &v.trees[i], false, f))
			goto out;
	disc_tree_sort(&fs->tree);
	result = 0;
out:
	tree_reader_free(r);
	return result;
}

struct file_system *file_system_open(struct block_reader *blocks, struct fail *f)
{
	struct file_system *fs = calloc(1, sizeof *fs);

	if (!fs) {
		fail_errno(f, FAIL_FAILED, "", "no memory");
		return NULL;
	}
	if (read_trees(fs, blocks, f) == 0)
		return fs;
	file_system_close(fs);
	return NULL;
}

const struct fail *file_system_damage(const struct file_system *fs)
{
	return fail_is_set(&fs->damage) ? &fs->damage : NULL;
}

struct file_system_range file_system_files_at(const struct file_system *fs, uint64_t lba,
	uint64_t n_blocks, void (*found)(void *ctx, const char *path), void *ctx)
{
	const struct disc_tree *t = &fs->tree;
	struct file_system_range range = { 0 };
	char path[PATH_BYTES];

	for (size_t i = disc_tree_find(t, lba); i < t->n_extents; i++) {
		const struct disc_extent *e = &t->extents[i];

		if (e->lba >= lba && e->lba - lba >= n_blocks)
			break;
		if (n_blocks == 0 || e->last < lba)
			continue;
		if (e->name != DISC_TREE_NOWHERE)
			range.n_files++;
		else
			range.has_structure = true;
		if (e->directory == DISC_TREE_NOWHERE)
			continue;
		if (e->name == DISC_TREE_NOWHERE)
			range.n_directories++;
		if (found)
			found(ctx, disc_tree_path(t, e->directory, e->name, path, sizeof path));
	}
	return range;
}

void file_system_close(struct file_system *fs)
{
	if (!fs)
		return;
	disc_tree_clear(&fs->tree);
	free(fs);
}
