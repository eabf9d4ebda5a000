/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "disc/beneath.h"
#include "disc/names_there.h"
#include "disc/other_name.h"
#include "disc/pending.h"
#include "disc/restore.h"
#include "iso/disc_pattern.h"
#include "iso/disc_walk.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

enum {
	/* a disc may record a file's bytes once for several files; not without end */
	BYTES_PER_BYTE_MAX = 16,
	/* other names that are tried for one */
	NUMBER_MAX = 1000,
};

struct work {
	const struct extract *x;
	struct extract_result *result;
	struct disc_walk walk;
	struct beneath to;
	struct restore restore;
	struct pending_list pending;
	/* directories by their numbers: are to be made; were made, or could not be; are there, and
	 * we may set them; were there before anything was extracted */
	struct names_there is_needed, is_made, is_ready, was_there;
	struct names_there names; /* of the listing that is taken */
	struct more_names more;   /* with rename: the other names that were there */
	uint32_t names_directory; /* that it is of; UINT32_MAX: none */
	/* the file that was extracted last, for links to it */
	bool has_last;
	struct disc_node last;
	struct disc_extent *last_extents; /* heap */
	char *last_target;                /* heap; NULL: it is not a link */
	uint32_t last_directory;
	char last_name[256];
	/* the one that is extracted now; NULL: none */
	const struct pending *now;
	const char *now_name;
	uint64_t n_medium_blocks;    /* that are there */
	struct disc_extent previous; /* of the last file with bytes, extracted or not */
	uint64_t end;                /* behind all files so far, in bytes */
};

static void name_hurt(struct work *w, const char *path, const char *what, int sys_errno)
{
	w->result->n_hurt++;
	message_warn(w->x->messages, "%s: %s%s%s", *path ? path : "/", what, sys_errno ? ": " : "",
		sys_errno ? strerror(sys_errno) : "");
}

static void tell_damaged(void *ctx, const char *path, const char *what)
{
	name_hurt(ctx, path, what, 0);
}

/* Takes what became of something; -1 with f filled where that is the end. */
static int take_result(struct work *w, uint32_t directory, const char *name,
	enum restore_result result, const struct fail *problem, struct fail *f)
{
	const char *path;

	if (result == RESTORE_DONE)
		return 0;
	path = disc_walk_path(&w->walk, directory, name);
	if (result == RESTORE_END) {
		errno = problem->sys_errno;
		if (problem->sys_errno)
			return fail_errno(f, FAIL_FAILED, path, "%s", problem->what);
		return fail_set(f, FAIL_FAILED, "", "%s", problem->what);
	}
	name_hurt(w, path, problem->what, problem->sys_errno);
	return 0;
}

static void tell_renamed(struct work *w, uint32_t directory, const char *name, const char *other)
{
	w->result->n_renamed++;
	message_warn(w->x->messages, "%s: extracted as %s",
		disc_walk_path(&w->walk, directory, name), other);
}

/* How a name is made in a directory. */
struct making {
	enum restore_result (*make)(
		struct work *w, struct making *m, const char *name, struct fail *problem);
	int fd;
	const struct disc_node *node; /* of a file; NULL: it is a directory */
	uint32_t directory;           /* that the file is in */
	bool is_new, is_shared;       /* what became of a directory */
	bool is_link;                 /* to the file before */
	bool is_equal;                /* the file was there, as it is on the disc */
};

/* True where name is what the disc has: nothing is to be done. */
static bool is_there_equal(struct work *w, struct making *m, const char *name)
{
	int last = m->is_link ? beneath_directory(&w->to, w->last_directory) : -1;
	struct stat st, st_last;

	if (!m->is_link)
		return restore_is_equal(&w->restore, m->fd, name, m->node);
	/* both descriptors may not stay open: the first is looked at first */
	if (last < 0 || fstatat(last, w->last_name, &st_last, AT_SYMLINK_NOFOLLOW))
		return false;
	m->fd = beneath_directory(&w->to, m->directory);
	return m->fd >= 0 && fstatat(m->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       st.st_dev == st_last.st_dev && st.st_ino == st_last.st_ino;
}

/* Leaves what is there, and equal. */
static enum restore_result keep(struct work *w, struct making *m, struct fail *problem)
{
	m->is_equal = true;
	return m->is_link ? RESTORE_DONE : restore_keep(&w->restore, m->node, problem);
}

/* Tries other names until one can be had, or has the file from an earlier extraction; it
 * is written to other. */
static enum restore_result make_elsewhere(struct work *w, struct making *m, const char *name,
	char other[OTHER_NAME_BYTES], enum restore_result result, struct fail *problem)
{
	char plain[OTHER_NAME_BYTES];
	unsigned first = 2;

	snprintf(plain, sizeof plain, "%s", name);
	if (result == RESTORE_UNNAMEABLE) {
		other_name_make_portable(plain, name);
		first = strcmp(plain, name) ? 1 : NUMBER_MAX;
	}
	w->restore.was_there = false;
	for (unsigned i = first; i < NUMBER_MAX; i++) {
		if (i == 1)
			snprintf(other, OTHER_NAME_BYTES, "%s", plain);
		else
			other_name_number(other, plain, i, m->node != NULL);
		*problem = (struct fail){ 0 };
		if (m->node && names_there_is_more(&w->more, m->directory, other) &&
			is_there_equal(w, m, other))
			return keep(w, m, problem);
		result = m->make(w, m, other, problem);
		if (result != RESTORE_TAKEN)
			break;
	}
	return result;
}

/* Makes it under its name, or under another where that can't be had, and says so. */
static enum restore_result make_name(struct work *w, struct making *m, const char *name,
	char other[OTHER_NAME_BYTES], struct fail *problem)
{
	enum restore_result result = m->make(w, m, name, problem);

	other[0] = '\0';
	if (!w->x->rename || (result != RESTORE_TAKEN && result != RESTORE_UNNAMEABLE))
		return result;
	result = make_elsewhere(w, m, name, other, result, problem);
	if (result > RESTORE_HURT)
		other[0] = '\0';
	return result;
}

/* Makes a directory. One that is there under a name that was not there before, as its entries spell
 * it, is another one of the disc, or one that the file system takes for it. */
static enum restore_result make_one_directory(
	struct work *w, struct making *m, const char *name, struct fail *problem)
{
	enum restore_result result =
		restore_directory(&w->restore, m->fd, name, &m->is_new, problem);

	m->is_shared = result == RESTORE_DONE && !m->is_new && !w->restore.was_there;
	if (!m->is_shared)
		return result;
	fail_set(problem, FAIL_INCOMPLETE, "",
		"the file system takes this directory and another for one, which gets the files of "
		"both; -rename extracts both");
	return RESTORE_TAKEN;
}

/* What is to be known of a directory that is there now. */
static int note_directory(struct work *w, uint32_t directory, const struct making *m,
	const char *other, struct fail *f)
{
	bool is_old = !m->is_new && !m->is_shared;

	if (*other) {
		if (beneath_rename(&w->to, directory, other, f))
			return -1;
		tell_renamed(w, directory, NULL, other);
	}
	if (!w->walk.directories[directory].is_passed)
		w->result->n_directories++;
	if (m->is_new || (is_old && w->x->force))
		return names_there_set(&w->is_ready, directory, f);
	return 0;
}

/* Makes the directory, and those on the way to it that the walk only passes. */
static int make_directory(struct work *w, uint32_t directory, struct fail *f)
{
	const struct disc_walk_directory *d = &w->walk.directories[directory];
	struct fail problem = { 0 };
	struct making m = { .make = make_one_directory };
	char other[OTHER_NAME_BYTES];
	enum restore_result result;

	if (directory == 0 || names_there_has(&w->is_made, directory))
		return 0;
	if (w->walk.directories[d->parent].is_passed && make_directory(w, d->parent, f))
		return -1;
	if (names_there_set(&w->is_made, directory, f))
		return -1;
	m.fd = beneath_directory(&w->to, d->parent);
	if (m.fd < 0) {
		fail_errno(&problem, FAIL_INCOMPLETE, "", "its directory can't be opened");
		return take_result(w, directory, NULL, RESTORE_LEFT, &problem, f);
	}
	w->restore.was_there = names_there_has(&w->was_there, directory);
	result = make_name(w, &m, disc_walk_name(&w->walk, directory), other, &problem);
	if ((result == RESTORE_DONE || m.is_shared) && note_directory(w, directory, &m, other, f))
		return -1;
	return take_result(w, directory, NULL, result, &problem, f);
}

/* Finds out which of a directory's names, and of its subdirectories from number first on, were
 * there before. */
static int look_for_names(
	struct work *w, const struct disc_walk_step *step, size_t first, struct fail *f)
{
	int fd = -1;

	/* several files of one directory come one by one */
	if (step->directory == w->names_directory)
		return 0;
	w->names_directory = step->directory;
	if (names_there_has(&w->was_there, step->directory))
		fd = beneath_directory(&w->to, step->directory);
	if (names_there_look(&w->names, fd, step->listing, w->x->rename ? &w->more : NULL,
		    step->directory, f))
		return -1;
	for (size_t i = first; fd >= 0 && i < w->walk.n_directories; i++) {
		const char *name = disc_walk_name(&w->walk, (uint32_t)i);

		if (names_there_has(&w->names, disc_listing_index(step->listing, name)) &&
			names_there_set(&w->was_there, i, f))
			return -1;
	}
	return 0;
}

/* The same for the directories on the paths, which are known from the start. Those of one directory
 * mostly follow each other: its names are read once. */
static int look_on_paths(struct work *w, struct fail *f)
{
	struct more_names names = { 0 };
	uint32_t last = UINT32_MAX;
	int is_read = 0, result = 0;

	if (!w->x->is_target_new)
		result = names_there_set(&w->was_there, 0, f);
	for (size_t i = 1; result == 0 && i < w->walk.n_directories; i++) {
		uint32_t parent = w->walk.directories[i].parent;
		const char *name = disc_walk_name(&w->walk, (uint32_t)i);
		int fd;

		if (!names_there_has(&w->was_there, parent))
			continue;
		fd = beneath_directory(&w->to, parent);
		if (parent != last)
			is_read = names_there_read(&names, fd, parent, f);
		last = parent;
		if (is_read < 0)
			result = -1;
		else if (is_read ? names_there_is_more(&names, parent, name)
				 : names_there_find(fd, name))
			result = names_there_set(&w->was_there, i, f);
	}
	free(names.hashes);
	return result;
}

static int take_step(
	struct work *w, const struct disc_walk_step *step, size_t first, struct fail *f)
{
	if (names_there_set(&w->is_needed, step->directory, f) || look_for_names(w, step, first, f))
		return -1;
	for (size_t i = 0; i < step->listing->n_nodes; i++) {
		const struct disc_node *node = step->listing->nodes[i];

		if (S_ISDIR(node->mode) || (step->only && step->only != node))
			continue;
		if (pending_add(&w->pending, node, step->directory, i,
			    names_there_has(&w->names, i), f))
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
	if (look_on_paths(w, f))
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

/* Refuses what has no room for sure: of what is there already, nothing is counted. */
static int check_room(const struct work *w, struct fail *f)
{
	uint64_t n_needed = pending_count_bytes(&w->pending, false), n_free;
	char needed[64], available[64];
	struct statvfs fs;

	/* some file systems tell nothing */
	if (w->x->skips_room || fstatvfs(w->to.root, &fs) || fs.f_blocks == 0)
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

/* Parents have lower numbers. */
static int make_directories(struct work *w, struct fail *f)
{
	for (size_t i = 1; i < w->walk.n_directories; i++)
		if (names_there_has(&w->is_needed, i) && make_directory(w, (uint32_t)i, f))
			return -1;
	return 0;
}

/* True where the node is one more name of the file that was extracted last. */
static bool is_link_to_last(const struct work *w, const struct disc_node *node)
{
	return w->has_last && node->n_links > 1 && disc_node_is_same_file(&w->last, node);
}

/* Remembers what tells whether another node is the same file, and the name that it got. */
static int remember(struct work *w, const struct disc_node *node, const char *name,
	uint32_t directory, struct fail *f)
{
	size_t n = strlen(name) + 1, n_bytes = node->n_extents * sizeof *node->extents;
	struct disc_extent *extents;

	w->has_last = n <= sizeof w->last_name;
	if (!w->has_last)
		return 0;
	extents = realloc(w->last_extents, n_bytes + 1);
	if (!extents)
		return fail_memory(f);
	if (n_bytes)
		memcpy(extents, node->extents, n_bytes);
	w->last_extents = extents;
	free(w->last_target);
	w->last_target = node->target ? strdup(node->target) : NULL;
	if (node->target && !w->last_target)
		return fail_memory(f);
	w->last = *node;
	w->last.extents = extents;
	w->last.target = w->last_target;
	w->last_directory = directory;
	memcpy(w->last_name, name, n);
	return 0;
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

static enum restore_result link_to_last(
	struct work *w, struct making *m, const char *name, struct fail *problem)
{
	/* a copy: on the way to a deep directory the other one may be closed */
	int from = fcntl(beneath_directory(&w->to, w->last_directory), F_DUPFD_CLOEXEC, 0);
	int fd = from < 0 ? -1 : beneath_directory(&w->to, m->directory);
	enum restore_result result = RESTORE_LEFT;

	if (fd < 0)
		fail_errno(problem, FAIL_INCOMPLETE, "", "can't be linked");
	else
		result = restore_link(&w->restore, from, w->last_name, fd, name, problem);
	if (from >= 0)
		close(from);
	return result;
}

static enum restore_result make_file(
	struct work *w, struct making *m, const char *name, struct fail *problem)
{
	return restore_node(&w->restore, m->fd, name, m->node, problem);
}

/* Makes a file or one more link to the file before. */
static enum restore_result make_node(
	struct work *w, struct making *m, const char *name, struct fail *problem, struct fail *f)
{
	char other[OTHER_NAME_BYTES];
	enum restore_result result;

	m->is_link = is_link_to_last(w, m->node);
	m->make = m->is_link ? link_to_last : make_file;
	other[0] = '\0';
	if (w->restore.was_there && is_there_equal(w, m, name))
		result = keep(w, m, problem);
	else
		result = make_name(w, m, name, other, problem);
	if (*other)
		tell_renamed(w, m->directory, name, other);
	if (m->is_link)
		return result;
	if (is_overlap(w, m->node) && result == RESTORE_DONE) {
		fail_set(problem, FAIL_INCOMPLETE, "", "shares blocks with another file");
		result = RESTORE_HURT;
	}
	if (result <= RESTORE_HURT && remember(w, m->node, *other ? other : name, m->directory, f))
		result = RESTORE_END;
	return result;
}

static int restore_one(
	struct work *w, const struct disc_node *node, const struct pending *e, struct fail *f)
{
	struct making m = { .fd = beneath_directory(&w->to, e->directory),
		.node = node,
		.directory = e->directory };
	struct fail problem = { 0 };
	enum restore_result result;

	if (m.fd < 0) {
		fail_errno(&problem, FAIL_INCOMPLETE, "", "its directory can't be opened");
		return take_result(w, e->directory, node->name, RESTORE_LEFT, &problem, f);
	}
	w->restore.was_there = e->was_there;
	result = make_node(w, &m, node->name, &problem, f);
	if (fail_is_set(f))
		return -1;
	if (m.is_equal)
		w->result->n_equal++;
	else if (result <= RESTORE_HURT && S_ISREG(node->mode))
		w->result->n_files++;
	else if (result <= RESTORE_HURT)
		w->result->n_others++;
	/* the walk has named it already */
	if (node->damage && result != RESTORE_END)
		return 0;
	return take_result(w, e->directory, node->name, result, &problem, f);
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
			return fail_set(f, FAIL_FAILED, "", "interrupted");
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

static int finish_directory(struct work *w, uint32_t directory, struct fail *f)
{
	const struct disc_node *node = disc_walk_node(&w->walk, directory, f);
	struct fail problem = { 0 };
	enum restore_result result = RESTORE_HURT;
	int fd, at;

	if (!node)
		return -1;
	at = beneath_directory(&w->to, directory);
	fd = at < 0 ? -1 : openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		fail_errno(&problem, FAIL_INCOMPLETE, "", "its attributes can't be set");
	else
		result = restore_attributes(&w->restore, fd, node, &problem);
	if (fd >= 0)
		close(fd);
	return take_result(w, directory, NULL, result, &problem, f);
}

/* What is made in a directory changes its times: the deepest come first, which have the highest
 * numbers. */
static int finish_directories(struct work *w, struct fail *f)
{
	for (size_t i = w->walk.n_directories; i-- > 1;)
		if (names_there_has(&w->is_ready, i) && !w->walk.directories[i].is_passed &&
			finish_directory(w, (uint32_t)i, f))
			return -1;
	if (w->x->is_target_new && w->x->n_paths == 0)
		return finish_directory(w, 0, f);
	return 0;
}

static int extract_into(struct work *w, struct fail *f)
{
	if (walk_all(w, f) || check_room(w, f) || make_directories(w, f) || restore_all(w, f))
		return -1;
	return finish_directories(w, f);
}

static void tell_bits(const struct work *w)
{
	size_t n = w->restore.n_without_bits;

	if (n)
		message_note(w->x->messages,
			"%zu file%s extracted without %s setuid or setgid bit; -privileged keeps "
			"it",
			n, n == 1 ? " was" : "s were", n == 1 ? "its" : "their");
}

int extract_files(const struct extract *x, struct extract_result *result, struct fail *f)
{
	struct work w = { .x = x,
		.result = result,
		.pending.files = x->files,
		.names_directory = UINT32_MAX,
		.to = { .root = -1 },
		.restore = { .files = x->files,
			.force = x->force,
			.privileged = x->privileged,
			.watch = { .tick = tick, .ctx = &w } } };
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
	result->n_bytes = w.restore.n_bytes;
out:
	umask(mask);
	free(w.restore.buf);
	pending_clear(&w.pending);
	names_there_clear(&w.is_needed);
	names_there_clear(&w.is_made);
	names_there_clear(&w.is_ready);
	names_there_clear(&w.was_there);
	names_there_clear(&w.names);
	free(w.more.hashes);
	free(w.last_extents);
	free(w.last_target);
	beneath_close(&w.to);
	disc_walk_close(&w.walk);
	return ret;
}
