/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/listed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tree/file_list.h"
#include "util/request_field.h"
#include "util/signals.h"

struct listing {
	struct scan *scan;
	struct entry *root;
	const char *path; /* of the list */
	struct file_list list;
};

/* What messages call the list. */
static const char *name_list(const char *path)
{
	return strcmp(path, "-") == 0 ? "stdin" : path;
}

/* "LIST:LINE", and the name. */
static const char *place(const struct listing *l, const char *name, char out[4200])
{
	snprintf(out, 4200, "%s:%zu%s%s", name_list(l->path), l->list.n_line, *name ? ": " : "",
		name);
	return out;
}

/* The path on the disc: without a slash at either end, empty parts, and "."; out is as long as
 * name. False where there is "..". */
static bool clean(const char *name, char *out)
{
	char *to = out;

	while (*name) {
		size_t n = strcspn(name, "/");

		if (n == 2 && !strncmp(name, "..", 2))
			return false;
		if (n && !(n == 1 && *name == '.')) {
			if (to != out)
				*to++ = '/';
			memcpy(to, name, n);
			to += n;
		}
		name += n + (name[n] == '/');
	}
	*to = '\0';
	return true;
}

/* A directory on the way to a file, whose part of path ends at n_path, with the attributes that it
 * has. NULL with f filled. */
static struct entry *enter(
	struct listing *l, struct entry *dir, const char *part, const char *path, size_t n_path)
{
	struct scan *s = l->scan;
	struct entry *there = entry_find(dir, part);
	struct found it = { .followed = true };
	char *source = arena_copy(s->keep, path), at[4200];

	if (there && S_ISDIR(there->mode))
		return there;
	if (!source) {
		fail_memory(s->f);
		return NULL;
	}
	source[n_path] = '\0';
	it.name = source;
	if (there || stat(source, &it.st) || !S_ISDIR(it.st.st_mode)) {
		fail_set(s->f, FAIL_USAGE, place(l, path, at),
			"can't be a path on the disc: %s is not a directory there", source);
		return NULL;
	}
	return scan_add_bare_directory(s, dir, part, &it);
}

/* Goes down to the directory that path lies in; *name is what it is called there. NULL with f
 * filled, or, where *is_out is set, since it is excluded. */
static struct entry *go_down(
	struct listing *l, char *target, const char *path, const char **name, bool *is_out)
{
	bool is_absolute = *path == '/';
	struct entry *dir = l->root;
	char *part = target, *slash;

	for (; dir && !*is_out && (slash = strchr(part, '/')); part = slash + 1) {
		*slash = '\0';
		*is_out = scan_is_excluded(l->scan, target);
		if (!*is_out) {
			const char *in = arena_copy(l->scan->keep, part);

			dir = in ? enter(l, dir, in, path, (size_t)(slash - target) + is_absolute)
				 : NULL;
			if (!in)
				fail_memory(l->scan->f);
		}
		*slash = '/';
	}
	*name = part;
	*is_out = *is_out || scan_is_excluded(l->scan, target);
	return *is_out ? NULL : dir;
}

/* What has failed for something that a line names, or that is below it. Always -1. */
static int name_line(const struct listing *l)
{
	struct fail *f = l->scan->f;
	char object[sizeof f->object], at[4200];

	if (f->code != FAIL_USAGE)
		return -1;
	snprintf(object, sizeof object, "%s", f->object);
	snprintf(f->object, sizeof f->object, "%s", place(l, object, at));
	return -1;
}

static int add_at(struct listing *l, char *target, const char *path)
{
	struct scan *s = l->scan;
	struct found it = { .name = path };
	bool is_out = false;
	struct entry *dir;
	const char *name;
	char at[4200];

	if (lstat(path, &it.st))
		return problems_add(
			&s->problems, NULL, place(l, path, at), errno, "can't be found");
	if (s->spec->follow_links && S_ISLNK(it.st.st_mode))
		it.followed = stat(path, &it.st) == 0;
	if (!*target)
		return scan_add_directory(s, l->root, NULL, &it);
	dir = go_down(l, target, path, &name, &is_out);
	if (!dir)
		return is_out ? 0 : -1;
	if (scan_start_at(s, target))
		return -1;
	return scan_add(s, dir, name, &it) ? name_line(l) : 0;
}

/* The file that a line names. */
static int add_line(struct listing *l, const char *line)
{
	char *target = arena_copy(l->scan->keep, line), *path, at[4200];
	int result;

	if (!target)
		return fail_memory(l->scan->f);
	if (!clean(line, target)) {
		fail_set(l->scan->f, FAIL_USAGE, place(l, line, at),
			"a name with \"..\" has no place on the disc");
		return fail_field(l->scan->f, REQUEST_GRAFT);
	}
	path = arena_alloc(l->scan->keep, strlen(target) + 2);
	if (!path)
		return fail_memory(l->scan->f);
	if (*line == '/')
		*path = '/';
	memcpy(path + (*line == '/'), target, strlen(target) + 1);
	if (!*path)
		*path = '.';
	result = add_at(l, target, path);
	return scan_start_at(l->scan, "") || result ? -1 : 0;
}

int listed_add(struct scan *s, struct entry *root, const char *path)
{
	struct listing l = { .scan = s, .root = root, .path = path };
	const char *name;
	size_t n = 0;
	int result = file_list_read(&l.list, path, s->f);

	s->is_listing = true;
	while (result == 0 && (name = file_list_next(&l.list))) {
		n++;
		if (signals_caught())
			result = fail_set(
				s->f, FAIL_FAILED, "", "interrupted while reading the tree");
		else
			result = add_line(&l, name);
	}
	s->is_listing = false;
	file_list_free(&l.list);
	if (result == 0 && n == 0)
		return fail_set(s->f, FAIL_USAGE, name_list(path), "the list names no file");
	return result;
}
