/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/old_merge.h"

#include <stdlib.h>
#include <string.h>

#include "tree/nodes.h"
#include "tree/old_attributes.h"
#include "tree/stored_form.h"

struct merge {
	struct old_tree *old;
	const struct tree_spec *spec;
	struct tree_file_set *files;
	struct arena *scratch;
	struct tree_facts *facts;
	struct tree_changes *changes;
	struct stored_form form; /* where it is known */
	bool knows_form;
	uint64_t n_met, n_directories_met; /* of what the sources have, on the disc */
	struct fail *f;
};

/* All that the node is, but for its contents. 0, or -1 without memory. */
static int take_node(struct merge *m, struct entry *e, const struct disc_node *node)
{
	e->mode = node->mode;
	e->uid = node->uid;
	e->gid = node->gid;
	e->rdev = node->device;
	e->atime = node->atime;
	e->mtime = node->mtime;
	e->ctime = node->ctime;
	e->made_up = false;
	e->is_as_kept = true;
	return old_attributes_take(m->scratch, node, &e->attributes);
}

/* The merge goes down by recursion: what needs much stack stays out of the functions on its way. */
__attribute__((noinline)) static int refuse(
	struct merge *m, const struct old_folder *folder, const char *name, const char *what)
{
	char path[sizeof m->f->object];

	fail_set(m->f, FAIL_MISMATCH, folder_path(&folder->at, name, path, sizeof path),
		"%s on the disc: no later session can keep it", what);
	fail_hint(m->f, "name it as a SOURCE or graft, so that it is stored anew");
	return -1;
}

/* The file itself, which other names may have brought already. 0, or -1 with m->f filled. */
static int keep_file(struct merge *m, struct entry *e, const struct old_folder *folder,
	const struct disc_node *node)
{
	struct old_file *file;

	if (!old_tree_can_keep(m->old, node))
		return refuse(m, folder, node->name,
			node->damage              ? node->damage
			: node->zisofs.block_log2 ? "is compressed"
						  : "lies in scattered pieces");
	file = old_tree_take(m->old, folder, node, m->f);
	if (!file)
		return -1;
	if (!file->file) {
		file->file = tree_file_add_old(m->files, file, file->n_bytes);
		if (!file->file)
			return fail_memory(m->f);
		m->facts->n_bytes += file->n_bytes;
	}
	e->file = file->file;
	m->facts->n_files++;
	return 0;
}

static int merge_folder(struct merge *m, struct entry *dir, const struct old_folder *folder);

/* What is only on the disc. NULL with m->f filled. */
static struct entry *keep(
	struct merge *m, const struct old_folder *folder, const struct disc_node *node)
{
	const char *name = arena_copy(m->scratch, node->name);
	struct entry *e = name ? entry_new(m->scratch, NULL, name) : NULL;
	const struct old_folder *below;
	int result = 0;

	if (!e || take_node(m, e, node)) {
		fail_memory(m->f);
		return NULL;
	}
	e->folder = &folder->at;
	e->source = name;
	if (S_ISDIR(node->mode)) {
		m->facts->n_directories++;
		below = old_tree_enter(m->old, folder, node);
		result = below ? merge_folder(m, e, below) : fail_memory(m->f);
	} else if (S_ISREG(node->mode)) {
		m->changes->n_kept++;
		result = keep_file(m, e, folder, node);
	} else {
		m->changes->n_kept++;
		m->facts->n_others++;
		e->target = S_ISLNK(node->mode)
				    ? arena_copy(m->scratch, node->target ? node->target : "")
				    : NULL;
		if (S_ISLNK(node->mode) && !e->target)
			result = fail_memory(m->f);
	}
	if (result == 0)
		return e;
	entry_free(e);
	return NULL;
}

/* Counts what is not in the new session any more. */
static int count_gone(
	struct merge *m, const struct old_folder *folder, const struct disc_node *node)
{
	const struct old_folder *below;
	struct disc_listing *l;
	int result = 0;

	if (!S_ISDIR(node->mode)) {
		m->changes->n_gone++;
		return 0;
	}
	m->changes->has_other_changes = true;
	below = old_tree_enter(m->old, folder, node);
	if (!below)
		return fail_memory(m->f);
	l = disc_files_list(m->old->how->files, node, m->f);
	if (!l)
		return -1;
	for (size_t i = 0; result == 0 && i < l->n_nodes; i++)
		result = count_gone(m, below, l->nodes[i]);
	disc_listing_free(l);
	return result;
}

/* The target of a link as it is stored. */
static bool is_same_target(struct merge *m, const char *target, const char *stored)
{
	size_t n = stored ? strlen(stored) : 0;

	if (!stored || strcmp(target, stored) == 0)
		return stored != NULL;
	if (!nodes_may_lose_slash(target) || strlen(target) != n + 1 || strncmp(target, stored, n))
		return false;
	if (!m->knows_form)
		m->form = stored_form_find();
	m->knows_form = true;
	return !m->form.has_slashes;
}

static bool has_same_times(const struct entry *e, const struct disc_node *node)
{
	return old_tree_is_time(e->mtime, node->mtime) && old_tree_is_time(e->ctime, node->ctime);
}

/* A link or special file that both have. */
static bool is_same_special(struct merge *m, const struct entry *e, const struct disc_node *node)
{
	bool is_same = S_ISLNK(e->mode) ? is_same_target(m, e->target, node->target)
					: S_ISFIFO(e->mode) || e->rdev == node->device;

	return is_same && (m->old->how->by_digest || has_same_times(e, node));
}

static bool has_same_mode(
	const struct merge *m, const struct entry *e, const struct disc_node *node)
{
	bool is_portable = m->spec->portable;
	mode_t mode = is_portable ? nodes_portable_mode(e->mode) : e->mode;

	return (mode == node->mode || S_ISLNK(mode)) && (is_portable ? 0 : e->uid) == node->uid &&
	       (is_portable ? 0 : e->gid) == node->gid;
}

/* The times of a directory that is not scanned as a whole, such as that of a mount, are those of
 * what is left out. Of several that are stored at one place, each by its turn and without the
 * others, the newest counts: else each turn would make a session. */
static bool has_known_times(
	const struct merge *m, const struct entry *e, const struct disc_node *node)
{
	if (S_ISDIR(e->mode) &&
		(!e->dir.is_whole || (!m->old->how->mirrors && e->ctime < node->ctime)))
		return true;
	return has_same_times(e, node);
}

/* 1: the session stores of e what node has, but for its contents; 0; -1 without memory. */
static int is_stored(const struct merge *m, const struct entry *e, const struct disc_node *node)
{
	struct file_attributes stored = { 0 };
	const struct file_attributes *its;

	if (!has_same_mode(m, e, node) || !has_known_times(m, e, node))
		return 0;
	if (old_attributes_take(m->scratch, node, &its))
		return -1;
	if (e->attributes)
		stored = *e->attributes;
	stored.n = nodes_n_attributes(e, m->spec->portable);
	return old_attributes_are_same(&stored, its);
}

/* Tells what else changes about something that is the same. 0, or -1 with m->f filled. */
__attribute__((noinline)) static int compare_others(
	struct merge *m, const struct entry *e, const struct disc_node *node)
{
	int result = is_stored(m, e, node);

	if (result < 0)
		return fail_memory(m->f);
	/* its names were links to one file */
	if (S_ISREG(e->mode) && e->file->old && e->file->old->file != e->file)
		result = 0;
	m->changes->has_other_changes |= result == 0;
	return 0;
}

static int meet_folder(struct merge *m, struct entry *e, const struct disc_node *node)
{
	const struct old_folder *folder = old_tree_folder(m->old, e, m->f);

	if (!folder)
		return -1;
	m->n_directories_met++;
	if (e->made_up) {
		if (take_node(m, e, node))
			return fail_memory(m->f);
	} else if (compare_others(m, e, node)) {
		return -1;
	}
	return merge_folder(m, e, folder);
}

/* Both have something at this place. */
static int meet(struct merge *m, const struct old_folder *folder, struct entry *e,
	const struct disc_node *node)
{
	bool is_same;

	if (S_ISDIR(node->mode))
		return S_ISDIR(e->mode) ? meet_folder(m, e, node) : count_gone(m, folder, node);
	if (S_ISDIR(e->mode))
		return count_gone(m, folder, node);
	m->n_met++;
	is_same = (e->mode & S_IFMT) == (node->mode & S_IFMT) &&
		  (S_ISREG(e->mode) ? e->is_same : is_same_special(m, e, node));
	if (is_same)
		m->changes->n_kept++;
	else
		m->changes->n_changed++;
	return is_same ? compare_others(m, e, node) : 0;
}

/* True where the sources tell that what they lack is not wanted any more. */
static bool is_dropped(const struct merge *m, const struct entry *dir, const char *name)
{
	return m->old->how->mirrors && dir->dir.is_whole && !entry_may_have(dir, name);
}

/* The disc's digests, which the new session has its own of, or none. */
static bool is_replaced_sums(
	const struct merge *m, const struct old_folder *folder, const struct disc_node *node)
{
	bool is_made = old_sums_are_made(node);

	if (folder != m->old->root || strcmp(node->name, OLD_SUMS_NAME) != 0 ||
		S_ISDIR(node->mode) || !(m->spec->sums == SUMS || is_made))
		return false;
	m->changes->old_sums = is_made ? OLD_SUMS_MADE : OLD_SUMS_OWN;
	return true;
}

/* Something of the disc at a place in dir; *kept is what has to be added for it, or NULL. */
static int merge_node(struct merge *m, struct entry *dir, const struct old_folder *folder,
	const struct disc_node *node, struct entry **kept)
{
	struct entry *e = entry_find(dir, node->name);

	*kept = NULL;
	if (e)
		return meet(m, folder, e, node);
	if (is_replaced_sums(m, folder, node))
		return 0;
	if (is_dropped(m, dir, node->name))
		return count_gone(m, folder, node);
	*kept = keep(m, folder, node);
	return *kept ? 0 : -1;
}

static int merge_listing(struct merge *m, struct entry *dir, const struct old_folder *folder,
	const struct disc_listing *l)
{
	struct entry **kept = malloc((l->n_nodes + 1) * sizeof *kept);
	size_t n = 0;
	int result = kept ? 0 : fail_memory(m->f);

	/* such as the resource forks of files */
	if (kept && l->n_aside)
		result = refuse(m, folder, l->aside[0]->name, "has associated files");
	for (size_t i = 0; result == 0 && i < l->n_nodes; i++) {
		result = merge_node(m, dir, folder, l->nodes[i], &kept[n]);
		n += kept[n] != NULL;
	}
	if (result == 0 && entry_adopt(dir, kept, n))
		result = fail_memory(m->f);
	for (size_t i = 0; result && i < n; i++)
		entry_free(kept[i]);
	free(kept);
	return result;
}

static int merge_folder(struct merge *m, struct entry *dir, const struct old_folder *folder)
{
	struct disc_listing *l = disc_files_list(m->old->how->files, &folder->node, m->f);
	int result = l ? merge_listing(m, dir, folder, l) : -1;

	disc_listing_free(l);
	return result;
}

int old_merge(struct old_tree *o, const struct tree_spec *spec, struct entry *root,
	struct tree_file_set *files, struct arena *scratch, struct tree_facts *facts,
	struct tree_changes *changes, struct fail *f)
{
	struct merge m = { .old = o,
		.spec = spec,
		.files = files,
		.scratch = scratch,
		.facts = facts,
		.changes = changes,
		.f = f };
	uint64_t n_scanned = facts->n_files + facts->n_others;
	uint64_t n_directories = facts->n_directories;

	*changes = (struct tree_changes){ 0 };
	/* the root is no directory in the sources' facts */
	if (root->made_up) {
		if (take_node(&m, root, disc_files_root(o->how->files)))
			return fail_memory(f);
	} else if (compare_others(&m, root, disc_files_root(o->how->files))) {
		return -1;
	}
	if (merge_folder(&m, root, o->root))
		return -1;
	changes->n_new = n_scanned - m.n_met;
	changes->has_other_changes |= m.n_directories_met < n_directories;
	return 0;
}
