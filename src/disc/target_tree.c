/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/target_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disc/equal_node.h"
#include "disc/free_name.h"

/* How a directory is made. */
struct making {
	struct target_tree *t;
	int fd; /* of the one that it is made in */
	bool is_new, is_shared;
};

/* One that is there under a name that was not there before, as its entries spell it, is another one
 * of the disc, or one that the file system takes for it. */
static enum restore_result make_one(
	struct making *m, const char *name, bool was_there, struct fail *problem)
{
	struct restore *r = m->t->restore;
	enum restore_result result;

	r->was_there = was_there;
	result = restore_directory(r, m->fd, name, &m->is_new, problem);
	m->is_shared = result == RESTORE_DONE && !m->is_new && !was_there;
	if (!m->is_shared)
		return result;
	fail_set(problem, FAIL_INCOMPLETE, "",
		"the file system takes this directory and another for one, which gets the files of "
		"both; -rename extracts both");
	return RESTORE_TAKEN;
}

static enum restore_result make_other(void *ctx, const char *name, struct fail *problem)
{
	return make_one(ctx, name, false, problem);
}

/* A directory under another name is from an earlier extraction, or as good as that. */
static bool is_there(void *ctx, const char *name, struct fail *problem)
{
	struct making *m = ctx;
	struct stat st;

	(void)problem;
	m->is_new = false;
	m->is_shared = false;
	return fstatat(m->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* Makes it under its name, or under another where that can't be had. */
static enum restore_result make_name(
	struct making *m, uint32_t directory, char other[OTHER_NAME_BYTES], struct fail *problem)
{
	const char *name = disc_walk_name(m->t->walk, directory);
	struct free_name n = { .old = m->t->old,
		.directory = m->t->walk->directories[directory].parent,
		.ctx = m,
		.make = make_other,
		.is_there = is_there };
	enum restore_result result =
		make_one(m, name, old_names_has_directory(m->t->old, directory), problem);

	other[0] = '\0';
	if (!m->t->renames || (result != RESTORE_TAKEN && result != RESTORE_UNNAMEABLE))
		return result;
	return free_name_make(&n, name, result, other, problem);
}

/* Whether the directory that is there gets its attributes in the end. */
static int note_ready(struct target_tree *t, uint32_t directory, const struct making *m,
	const char *other, struct fail *f)
{
	const char *name = *other ? other : disc_walk_name(t->walk, directory);
	const struct disc_node *node;
	struct fail problem = { 0 };

	if (m->is_shared || t->walk->directories[directory].is_passed)
		return 0;
	if (m->is_new || t->restore->force)
		return names_there_set(&t->is_ready, directory, f);
	node = disc_walk_node(t->walk, directory, f);
	if (!node)
		return -1;
	if (equal_node_is_there(t->restore, m->fd, name, node, &problem))
		return names_there_set(&t->is_ready, directory, f);
	t->n_kept++;
	return 0;
}

/* What is to be known of a directory that is there now. */
static int note(struct target_tree *t, uint32_t directory, const struct making *m,
	const char *other, struct fail *f)
{
	bool is_old = !m->is_new && !m->is_shared;

	if (note_ready(t, directory, m, other, f))
		return -1;
	if (*other) {
		if (beneath_rename(t->to, directory, other, f))
			return -1;
		outcome_renamed(t->outcome, directory, NULL, other);
	}
	if (is_old && (*other || !names_there_has(&t->old->directories, directory)) &&
		old_names_enter(t->old, directory, f))
		return -1;
	if (!t->walk->directories[directory].is_passed)
		t->outcome->result->n_directories++;
	return 0;
}

/* Makes the directory, and those on the way to it that the walk only passes. */
static int make(struct target_tree *t, uint32_t directory, struct fail *f)
{
	const struct disc_walk_directory *d = &t->walk->directories[directory];
	struct fail problem = { 0 };
	struct making m = { .t = t };
	char other[OTHER_NAME_BYTES];
	enum restore_result result;

	if (directory == 0 || names_there_has(&t->is_made, directory))
		return 0;
	if (t->walk->directories[d->parent].is_passed && make(t, d->parent, f))
		return -1;
	if (names_there_set(&t->is_made, directory, f))
		return -1;
	m.fd = beneath_directory(t->to, d->parent);
	if (m.fd < 0) {
		fail_errno(&problem, FAIL_INCOMPLETE, "", "its directory can't be opened");
		return outcome_take(t->outcome, directory, NULL, RESTORE_LEFT, &problem, f);
	}
	result = make_name(&m, directory, other, &problem);
	if ((result == RESTORE_DONE || m.is_shared) && note(t, directory, &m, other, f))
		return -1;
	return outcome_take(t->outcome, directory, NULL, result, &problem, f);
}

int target_tree_need(struct target_tree *t, uint32_t directory, struct fail *f)
{
	return names_there_set(&t->is_needed, directory, f);
}

/* Parents have lower numbers. */
int target_tree_make(struct target_tree *t, struct fail *f)
{
	for (size_t i = 1; i < t->walk->n_directories; i++)
		if (names_there_has(&t->is_needed, i) && make(t, (uint32_t)i, f))
			return -1;
	return 0;
}

static int finish(struct target_tree *t, uint32_t directory, struct fail *f)
{
	const struct disc_node *node = disc_walk_node(t->walk, directory, f);
	struct fail problem = { 0 };
	enum restore_result result = RESTORE_HURT;
	int fd, at;

	if (!node)
		return -1;
	at = beneath_directory(t->to, directory);
	fd = at < 0 ? -1 : openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		fail_errno(&problem, FAIL_INCOMPLETE, "", "its attributes can't be set");
	else
		result = restore_attributes_set(&t->restore->attributes, fd, node, &problem);
	if (fd >= 0)
		close(fd);
	return outcome_take(t->outcome, directory, NULL, result, &problem, f);
}

/* What is made in a directory changes its times: the deepest come first, which have the highest
 * numbers. */
int target_tree_finish(struct target_tree *t, bool with_root, struct fail *f)
{
	for (size_t i = t->walk->n_directories; i-- > 1;)
		if (names_there_has(&t->is_ready, i) && finish(t, (uint32_t)i, f))
			return -1;
	return with_root ? finish(t, 0, f) : 0;
}

void target_tree_clear(struct target_tree *t)
{
	names_there_clear(&t->is_needed);
	names_there_clear(&t->is_made);
	names_there_clear(&t->is_ready);
}
