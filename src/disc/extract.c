/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/extract.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "disc/beneath.h"
#include "disc/equal_node.h"
#include "disc/free_name.h"
#include "disc/last_file.h"
#include "disc/old_names.h"
#include "disc/pending.h"
#include "disc/restore.h"
#include "disc/target_tree.h"
#include "iso/disc_pattern.h"
#include "iso/disc_walk.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

enum {
	/* a disc may record a file's bytes once for several files; not without end */
	BYTES_PER_BYTE_MAX = 16,
};

struct work {
	const struct extract *x;
	struct disc_walk walk;
	struct beneath to;
	struct outcome outcome;
	struct restore restore;
	struct old_names old;
	struct target_tree tree;
	struct pending_list pending;
	struct last_file last;
	bool has_links; /* the file system does, as was found out */
	/* the one that is extracted now; NULL: none */
	const struct pending *now;
	const char *now_name;
	uint64_t n_medium_blocks;    /* that are there */
	struct disc_extent previous; /* of the last file with bytes, extracted or not */
	uint64_t end;                /* behind all files so far, in bytes */
};

static void tell_damaged(void *ctx, const char *path, const char *what)
{
	struct work *w = ctx;

	outcome_hurt(&w->outcome, path, what, 0);
}

static int take_step(
	struct work *w, const struct disc_walk_step *step, size_t first, struct fail *f)
{
	if (target_tree_need(&w->tree, step->directory, f) ||
		old_names_look(&w->old, step, first, f))
		return -1;
	for (size_t i = 0; i < step->listing->n_nodes; i++) {
		const struct disc_node *node = step->listing->nodes[i];

		if (S_ISDIR(node->mode) || (step->only && step->only != node))
			continue;
		if (pending_add(
			    &w->pending, node, step->directory, i, old_names_has(&w->old, i), f))
			return -1;
	}
	return 0;
}

static int check_weight(const struct work *w, uint64_t weight, struct fail *f)
{
	if (weight / BYTES_PER_BYTE_MAX <= w->n_medium_blocks * BLOCK_BYTES)
		return 0;
	return fail_set(f, FAIL_FAILED, "",
		"the directories are damaged: the files would need more than %d times the size "
		"of the medium",
		BYTES_PER_BYTE_MAX);
}

static int walk_all(struct work *w, struct fail *f)
{
	struct disc_walk_step step;
	size_t first;
	int next;

	if (w->x->n_paths == 0 && disc_walk_add(&w->walk, "", f))
		return -1;
	for (size_t i = 0; i < w->x->n_paths; i++)
		if (disc_pattern_add(&w->walk, w->x->paths[i], f))
			return -1;
	if (old_names_start(&w->old, w->x->is_target_new, f))
		return -1;
	for (first = w->walk.n_directories; (next = disc_walk_next(&w->walk, &step, f)) > 0;
		first = w->walk.n_directories)
		if (take_step(w, &step, first, f))
			return -1;
	if (next)
		return -1;
	pending_sort(&w->pending);
	w->restore.n_total = pending_count_bytes(&w->pending, true);
	return check_weight(w, pending_weigh(&w->pending), f);
}

/* Refuses what has no room for sure: of what is there already, nothing is counted, and where other
 * names are there, what has one of them is not known yet. */
static int check_room(const struct work *w, struct fail *f)
{
	uint64_t n_needed = pending_count_bytes(&w->pending, false), n_free;
	char needed[64], available[64];
	struct statvfs fs;

	/* some file systems tell nothing */
	if (w->x->skips_room || w->old.more.n || fstatvfs(w->to.root, &fs) || fs.f_blocks == 0)
		return 0;
	n_free = (uint64_t)(geteuid() == 0 ? fs.f_bfree : fs.f_bavail) * fs.f_frsize;
	if (n_needed <= n_free)
		return 0;
	fail_set(f, FAIL_FAILED, w->x->to, "the files need %s (%llu bytes), but %s (%llu) are free",
		size_format(needed, sizeof needed, n_needed), (unsigned long long)n_needed,
		size_format(available, sizeof available, n_free), (unsigned long long)n_free);
	fail_hint(f, "make room, or name some of the paths only; -no-space-check tries all the "
		     "same, as files of zeros need less");
	return -1;
}

/* How a file is made, or one more link to the file before. */
struct making {
	struct work *w;
	int fd; /* of the directory that it is made in */
	uint32_t directory;
	const struct disc_node *node;
	bool is_link;  /* it is linked to the file before */
	bool is_copy;  /* it would be, but for the file system */
	bool is_equal; /* it was there, as it is on the disc */
};

/* True where name is what the disc has: nothing is to be done. */
static bool is_there_equal(void *ctx, const char *name, struct fail *problem)
{
	struct making *m = ctx;
	struct work *w = m->w;
	int last = m->is_link ? beneath_directory(&w->to, w->last.directory) : -1;
	struct stat st, st_last;

	if (!m->is_link) {
		m->is_equal = equal_node_is_there(&w->restore, m->fd, name, m->node, problem);
		return m->is_equal;
	}
	/* both descriptors may not stay open: the first is looked at first */
	if (last < 0 || fstatat(last, w->last.name, &st_last, AT_SYMLINK_NOFOLLOW))
		return false;
	m->fd = beneath_directory(&w->to, m->directory);
	m->is_equal = m->fd >= 0 && fstatat(m->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		      st.st_dev == st_last.st_dev && st.st_ino == st_last.st_ino;
	return m->is_equal;
}

/* A file that lies in another: damage, or somebody wants to have more than there is. */
static bool is_overlap(struct work *w, const struct disc_node *node)
{
	struct disc_extent last = w->previous;
	uint64_t first = disc_node_place(node);

	if (!S_ISREG(node->mode) || node->n_extents == 0 || node->extents->lba == DISC_HOLE)
		return false;
	w->previous = node->extents[0];
	/* the same bytes for two files are nothing bad */
	if (memcmp(&last, &w->previous, sizeof last) == 0)
		return false;
	if (first < w->end)
		return true;
	w->end = first + w->previous.n_bytes;
	return false;
}

static enum restore_result link_to_last(struct making *m, const char *name, struct fail *problem)
{
	struct work *w = m->w;
	/* a copy: on the way to a deep directory the other one may be closed */
	int from = fcntl(beneath_directory(&w->to, w->last.directory), F_DUPFD_CLOEXEC, 0);
	int fd = from < 0 ? -1 : beneath_directory(&w->to, m->directory);
	enum restore_result result = RESTORE_LEFT;

	if (fd < 0)
		fail_errno(problem, FAIL_INCOMPLETE, "", "can't be linked");
	else
		result = restore_link(&w->restore, from, w->last.name, fd, name, problem);
	if (from >= 0)
		close(from);
	return result;
}

static enum restore_result make_one(struct making *m, const char *name, struct fail *problem)
{
	/* what is there was not compared to its end */
	if (signals_caught())
		return restore_result_text(problem, RESTORE_END, "interrupted");
	if (m->is_link)
		return link_to_last(m, name, problem);
	return restore_node(&m->w->restore, m->fd, name, m->node, problem);
}

static enum restore_result make_other(void *ctx, const char *name, struct fail *problem)
{
	struct making *m = ctx;

	m->w->restore.was_there = false;
	return make_one(m, name, problem);
}

/* Leaves what is there; problem has what it lacks. */
static enum restore_result keep(struct making *m, struct fail *problem)
{
	enum restore_result result = fail_is_set(problem) ? RESTORE_HURT : RESTORE_DONE;

	return restore_result_worse(
		result, restore_attributes_keep(&m->w->restore.attributes, m->node, problem));
}

/* Makes it under its name, or under another where that can't be had; what is there, and equal, is
 * left as it is. */
static enum restore_result make_name(
	struct making *m, const char *name, char other[OTHER_NAME_BYTES], struct fail *problem)
{
	struct work *w = m->w;
	struct free_name n = { .old = &w->old,
		.directory = m->directory,
		.has_ending = true,
		.ctx = m,
		.make = make_other,
		.is_there = is_there_equal };
	enum restore_result result = RESTORE_DONE;

	other[0] = '\0';
	if (!w->restore.was_there || !is_there_equal(m, name, problem))
		result = make_one(m, name, problem);
	if (w->x->rename && (result == RESTORE_TAKEN || result == RESTORE_UNNAMEABLE))
		result = free_name_make(&n, name, result, other, problem);
	if (m->is_equal && !m->is_link)
		result = keep(m, problem);
	return result;
}

/* Whether the node is linked to the file before. */
static void find_link(struct making *m)
{
	struct work *w = m->w;
	int last;

	if (!last_file_is(&w->last, m->node))
		return;
	if (!w->has_links) {
		last = beneath_directory(&w->to, w->last.directory);
		w->has_links = last < 0 || restore_can_link(last, w->last.name);
		m->fd = beneath_directory(&w->to, m->directory);
	}
	m->is_link = w->has_links;
	m->is_copy = !m->is_link;
}

static enum restore_result make_node(
	struct making *m, const char *name, struct fail *problem, struct fail *f)
{
	struct work *w = m->w;
	char other[OTHER_NAME_BYTES];
	enum restore_result result;

	find_link(m);
	result = make_name(m, name, other, problem);
	if (*other)
		outcome_renamed(&w->outcome, m->directory, name, other);
	if (m->is_link)
		return result;
	if (m->is_copy && result <= RESTORE_HURT) {
		*problem = (struct fail){ 0 };
		result = restore_result_text(
			problem, RESTORE_HURT, "is a copy, as it can't be a hard link here");
	}
	if (is_overlap(w, m->node) && result == RESTORE_DONE) {
		fail_set(problem, FAIL_INCOMPLETE, "", "shares blocks with another file");
		result = RESTORE_HURT;
	}
	if (result <= RESTORE_HURT &&
		last_file_set(&w->last, m->node, m->directory, *other ? other : name, f))
		result = RESTORE_END;
	return result;
}

static int restore_one(
	struct work *w, const struct disc_node *node, const struct pending *e, struct fail *f)
{
	struct extract_result *count = w->outcome.result;
	struct making m = { .w = w,
		.fd = beneath_directory(&w->to, e->directory),
		.directory = e->directory,
		.node = node };
	struct fail problem = { 0 };
	enum restore_result result;

	if (m.fd < 0) {
		fail_errno(&problem, FAIL_INCOMPLETE, "", "its directory can't be opened");
		return outcome_take(
			&w->outcome, e->directory, node->name, RESTORE_LEFT, &problem, f);
	}
	w->restore.was_there =
		e->was_there || old_names_has_entered(&w->old, e->directory, node->name);
	result = make_node(&m, node->name, &problem, f);
	if (fail_is_set(f))
		return -1;
	if (m.is_equal)
		count->n_equal++;
	else if (result <= RESTORE_HURT && S_ISREG(node->mode))
		count->n_files++;
	else if (result <= RESTORE_HURT)
		count->n_others++;
	/* the walk has named it already */
	if (node->damage && result != RESTORE_END)
		return 0;
	return outcome_take(&w->outcome, e->directory, node->name, result, &problem, f);
}

/* Adds the path to what is told of the progress: it is put together only then. */
static void tick(void *ctx, const struct progress *p)
{
	const struct work *w = ctx;
	struct progress told = *p;

	if (!w->x->watch || !w->x->watch->tick)
		return;
	if (w->now)
		told.file = disc_walk_path(&w->walk, w->now->directory, w->now_name);
	w->x->watch->tick(w->x->watch->ctx, &told);
}

static int restore_all(struct work *w, struct fail *f)
{
	for (size_t i = 0; i < w->pending.n; i++) {
		const struct pending *e = &w->pending.items[i];
		const struct disc_listing *l = disc_walk_listing(&w->walk, e->directory, f);

		if (!l)
			return -1;
		if (signals_caught())
			return outcome_end(f, "", &(struct fail){ .what = "interrupted" });
		/* the disc may read differently now */
		if (e->index >= l->n_nodes)
			return fail_set(f, FAIL_FAILED, "",
				"a directory now reads differently than before");
		w->now = e;
		w->now_name = l->nodes[e->index]->name;
		/* what was taken for links may have been none */
		if (restore_one(w, l->nodes[e->index], e, f) ||
			check_weight(w, w->restore.weight, f))
			return -1;
	}
	return 0;
}

static int extract_into(struct work *w, struct fail *f)
{
	if (walk_all(w, f) || check_room(w, f) || target_tree_make(&w->tree, f) ||
		restore_all(w, f))
		return -1;
	return target_tree_finish(&w->tree, w->x->is_target_new && w->x->n_paths == 0, f);
}

static void tell_kept(const struct work *w)
{
	size_t n = w->tree.n_kept;

	if (n)
		message_note(w->x->messages,
			"%zu director%s there before, and keep%s %s mode and times; -force sets "
			"those of the disc",
			n, n == 1 ? "y was" : "ies were", n == 1 ? "s" : "",
			n == 1 ? "its" : "their");
}

static void tell_bits(const struct work *w)
{
	size_t n = w->restore.attributes.n_without_bits;

	if (n)
		message_note(w->x->messages,
			"%zu file%s extracted without %s setuid or setgid bit; -privileged keeps "
			"it",
			n, n == 1 ? " was" : "s were", n == 1 ? "its" : "their");
}

int extract_files(const struct extract *x, struct extract_result *result, struct fail *f)
{
	struct work w = { .x = x,
		.to.root = -1,
		.outcome = { .walk = &w.walk, .messages = x->messages, .result = result },
		.restore = { .files = x->files,
			.attributes.privileged = x->privileged,
			.force = x->force,
			.watch = { .tick = tick, .ctx = &w } },
		.old = { .walk = &w.walk, .to = &w.to, .with_more = x->rename },
		.tree = { .walk = &w.walk,
			.to = &w.to,
			.old = &w.old,
			.restore = &w.restore,
			.outcome = &w.outcome,
			.renames = x->rename },
		.pending.files = x->files };
	mode_t mask = umask(0);
	int ret = -1;

	*result = (struct extract_result){ 0 };
	w.restore.buf = malloc(RESTORE_BUFFER);
	if (!w.restore.buf) {
		fail_memory(f);
		goto out;
	}
	if (disc_walk_open(&w.walk, x->files, tell_damaged, &w, f) ||
		beneath_open(&w.to, x->to, &w.walk, f))
		goto out;
	w.n_medium_blocks = disc_files_n_blocks_there(x->files);
	ret = extract_into(&w, f);
	tell_bits(&w);
	tell_kept(&w);
	result->n_bytes = w.restore.n_bytes;
out:
	umask(mask);
	free(w.restore.buf);
	pending_clear(&w.pending);
	target_tree_clear(&w.tree);
	old_names_clear(&w.old);
	last_file_clear(&w.last);
	beneath_close(&w.to);
	disc_walk_close(&w.walk);
	return ret;
}
