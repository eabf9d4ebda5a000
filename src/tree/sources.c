/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/sources.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tree/listed.h"
#include "tree/scan.h"
#include "util/request_field.h"

/* A graft leads through something other than a directory on the disc. */
static void fail_no_directory(
	struct scan *s, const struct tree_graft *graft, const struct entry *there)
{
	char other[512];

	folder_path(there->folder, there->source, other, sizeof other);
	fail_set(s->f, FAIL_USAGE, graft->target,
		"can't be a path on the disc: %s, stored as \"%s\", is not a directory", other,
		there->name);
	fail_field(s->f, REQUEST_PLACE);
}

/* Looks at a path of the command line; links are followed. 1: found, 0: left out, -1: f filled. */
static int look_at(struct scan *s, const char *path, struct found *it)
{
	*it = (struct found){ .name = path, .followed = true };
	if (stat(path, &it->st) == 0)
		return 1;
	if (errno == ENOENT || errno == ENOTDIR || !*path)
		return fail_errno(s->f, FAIL_USAGE, path, "can't be found");
	return problems_add(&s->problems, NULL, path, errno, "can't be accessed");
}

/* path without the slashes at its end. NULL with f filled. */
static const char *cut_slashes(struct scan *s, const char *path)
{
	size_t n = strlen(path);
	char *copy = arena_copy(s->keep, path);

	if (!copy) {
		fail_memory(s->f);
		return NULL;
	}
	while (n > 1 && copy[n - 1] == '/')
		copy[--n] = '\0';
	return copy;
}

/* What else is named there is meant for what it holds, which would not be on the disc. */
static int check_kind(struct scan *s, const char *path, mode_t mode)
{
	const char *what = S_ISFIFO(mode) ? "pipe" : S_ISSOCK(mode) ? "socket" : "device";

	if (S_ISREG(mode) || S_ISDIR(mode))
		return 0;
	fail_set(s->f, FAIL_USAGE, path, "is a %s, not a file or a directory", what);
	if (!S_ISSOCK(mode))
		fail_field(s->f, REQUEST_IMAGE);
	return -1;
}

/* Puts a file or directory of the command line at name in dir; the contents of a directory where
 * name is NULL. */
static int add_named(struct scan *s, struct entry *dir, const char *name, const char *path)
{
	size_t n_left_out = s->problems.n_left_out;
	struct found it;
	int ret;

	path = cut_slashes(s, path);
	if (!path)
		return -1;
	ret = look_at(s, path, &it);
	if (ret == 0)
		return scan_lose(s, dir, name, n_left_out);
	if (ret < 0)
		return -1;
	if (check_kind(s, path, it.st.st_mode))
		return -1;
	if (S_ISDIR(it.st.st_mode))
		return scan_add_directory(s, dir, name, &it) ||
				       (name && scan_lose(s, dir, name, n_left_out))
			       ? -1
			       : 0;
	if (!name) {
		const char *slash = strrchr(path, '/');

		name = slash ? slash + 1 : path;
	}
	if (scan_is_excluded(s, name))
		return 0;
	return scan_add(s, dir, name, &it) ? -1 : scan_lose(s, dir, name, n_left_out);
}

/* The directory called name in dir, made where it is missing. NULL with f filled. */
static struct entry *enter(
	struct scan *s, struct entry *dir, const char *name, const struct tree_graft *graft)
{
	struct entry *e = entry_find(dir, name);

	if (e && !S_ISDIR(e->mode)) {
		fail_no_directory(s, graft, e);
		return NULL;
	}
	if (e)
		return e;
	e = entry_new(s->scratch, dir, name);
	if (!e) {
		fail_memory(s->f);
		return NULL;
	}
	e->mode = S_IFDIR | 0755;
	e->made_up = true;
	e->source = graft->path;
	s->facts.n_directories++;
	return e;
}

static int add_graft(struct scan *s, struct entry *dir, const struct tree_graft *graft)
{
	char *rest = arena_copy(s->keep, graft->target), *save = NULL;
	size_t n = strlen(graft->target);
	bool into = n == 0 || graft->target[n - 1] == '/';
	char *name, *next;
	struct stat st;

	if (!rest)
		return fail_memory(s->f);
	/* "a/" takes a file under its own name, and the contents of a directory as "a" does */
	into = into && !(stat(graft->path, &st) == 0 && S_ISDIR(st.st_mode));
	for (name = strtok_r(rest, "/", &save); name; name = next) {
		next = strtok_r(NULL, "/", &save);
		if (!strcmp(name, ".."))
			return fail_set(s->f, FAIL_USAGE, graft->target,
				"the target of a graft can't contain \"..\"");
		if (!strcmp(name, "."))
			continue;
		if (strlen(name) > SCAN_NAME_BYTES_MAX)
			return fail_set(s->f, FAIL_USAGE, graft->target,
				"the target of a graft has a name of more than %d bytes",
				SCAN_NAME_BYTES_MAX);
		if (!next && !into)
			return add_named(s, dir, name, graft->path);
		dir = enter(s, dir, name, graft);
		if (!dir)
			return -1;
	}
	return add_named(s, dir, NULL, graft->path);
}

/* Directories without a source of their own are like the root; a root without one is the user's. */
static void complete_made_up(struct entry *e, const struct entry *like)
{
	if (e->made_up && e != like) {
		e->uid = like->uid;
		e->gid = like->gid;
		e->atime = like->atime;
		e->mtime = like->mtime;
		e->ctime = like->ctime;
	}
	for (size_t i = 0; i < e->dir.n; i++)
		if (S_ISDIR(e->dir.children[i]->mode))
			complete_made_up(e->dir.children[i], like);
}

static struct entry *new_root(struct scan *s)
{
	struct entry *root = entry_new(s->scratch, NULL, NULL);

	if (!root) {
		fail_memory(s->f);
		return NULL;
	}
	root->mode = S_IFDIR | 0755;
	root->uid = geteuid();
	root->gid = getegid();
	root->atime = root->mtime = root->ctime = time(NULL);
	root->made_up = true;
	root->source = "/";
	return root;
}

static int check_not_empty(const struct scan *s)
{
	if (s->facts.n_files + s->facts.n_directories + s->facts.n_others)
		return 0;
	if (s->has_excluded) {
		fail_set(s->f, FAIL_USAGE, "", "excludes everything: nothing is left to burn");
		return fail_field(s->f, REQUEST_EXCLUDE);
	}
	if (s->problems.n_left_out)
		return fail_set(
			s->f, FAIL_FAILED, "", "no source can be read: nothing is left to burn");
	return 0;
}

static void tell_mounts(const struct scan *s)
{
	const struct scan_mount *first = NULL;
	char path[4096];
	size_t n = 0;

	for (const struct scan_mount *m = s->mounts; m; m = m->next, n++)
		first = m;
	if (!first)
		return;
	folder_path(first->folder, first->name, path, sizeof path);
	if (n == 1)
		message_note(s->m, "%s: its contents, on another file system, are left out", path);
	else
		message_note(s->m,
			"%s and %zu other director%s: their contents, on other file systems, are "
			"left out",
			path, n - 1, n == 2 ? "y" : "ies");
}

int sources_scan(struct sources *found, const struct tree_spec *spec, struct tree_file_set *files,
	struct old_tree *old, struct arena *keep, struct arena *scratch, const struct messages *m,
	struct fail *f)
{
	struct scan s = { .spec = spec,
		.old = old,
		.files = files,
		.keep = keep,
		.scratch = scratch,
		.m = m,
		.f = f,
		.problems = { .m = m, .leaves_out = spec->skip_unreadable } };
	struct entry *root = new_root(&s);
	int result = -1;

	if (!root)
		return -1;
	identity_init(&s.identity);
	if (spec->list_path && listed_add(&s, root, spec->list_path))
		goto out;
	for (size_t i = 0; i < spec->n_sources; i++)
		if (add_named(&s, root, NULL, spec->sources[i]))
			goto out;
	for (size_t i = 0; i < spec->n_grafts; i++)
		if (add_graft(&s, root, &spec->grafts[i]))
			goto out;
	if (problems_fail(&s.problems, f) || check_not_empty(&s))
		goto out;
	tell_mounts(&s);
	complete_made_up(root, root);
	result = 0;
out:
	*found = (struct sources){ root, s.facts, s.problems.n_left_out };
	scan_close(&s);
	return result;
}
