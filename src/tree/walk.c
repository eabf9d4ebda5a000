/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tree/exclude.h"
#include "tree/folder_names.h"
#include "tree/problems.h"
#include "util/signals.h"

enum {
	/* libisofs' limits (libisofs/node.h, LIBISOFS_NODE_NAME_MAX and _PATH_MAX) */
	NAME_BYTES_MAX = 255,
	TARGET_BYTES_MAX = 1024,
	/* libisofs goes down a tree by recursion, in a thread with an ordinary stack */
	DEPTH_MAX = 4096,
};

struct walk {
	const struct tree_spec *spec;
	struct tree_file_set *files;
	struct arena *keep, *scratch;
	struct walk_result *result;
	const struct messages *m;
	struct fail *f;
	struct folder_cursor cursor;
	char *path; /* of what is looked at, from the SOURCE's root */
	size_t n_path, n_path_max;
	struct problems problems;
	bool has_excluded; /* something */
};

/* The walk goes down by recursion: what needs much stack stays out of the functions on its way. */
#define OUT_OF_LINE __attribute__((noinline))

/* The directories above, so that a followed link that leads back to one is found. */
struct level {
	const struct level *up;
	dev_t dev;
	ino_t ino;
	unsigned depth;
};

/* Something at a place of the file system. */
struct found {
	const struct folder *folder;
	const char *name;
	bool followed;
	struct stat st;
};

/* Something that can't be stored; the walk goes on. */
#define problem(w, it, ...) problems_add(&(w)->problems, (it)->folder, (it)->name, __VA_ARGS__)

OUT_OF_LINE static int fail_collision(
	struct walk *w, const struct found *it, const struct entry *there)
{
	char path[sizeof w->f->object], other[512];

	folder_path(it->folder, it->name, path, sizeof path);
	folder_path(there->folder, there->source, other, sizeof other);
	fail_set(w->f, FAIL_USAGE, path, "takes the same place on the disc as %s", other);
	fail_hint(w->f, "put one of them elsewhere with -graft, or leave it out with -exclude");
	return -1;
}

/* A graft leads through what is no directory on the disc. */
OUT_OF_LINE static void fail_no_directory(
	struct walk *w, const struct tree_graft *graft, const struct entry *there)
{
	char other[512];

	folder_path(there->folder, there->source, other, sizeof other);
	fail_set(w->f, FAIL_USAGE, graft->target,
		"can't be on the disc: \"%s\" in it is no directory there, but %s", there->name,
		other);
	fail_hint(w->f, "put one of them elsewhere with -graft, or leave it out with -exclude");
}

/* The names in a directory, and its attributes. 0, or -1 with errno. */
static int read_names(struct walk *w, const struct folder *folder, struct folder_names *names,
	const struct file_attributes **attributes)
{
	int fd = folder_open(&w->cursor, folder, ".", false);

	if (fd < 0)
		return -1;
	if (file_attributes_read(fd, w->scratch, attributes)) {
		close(fd);
		return -1;
	}
	return folder_names_read(names, fd);
}

/* Appends a name to the path from the SOURCE's root; returns the length to go back to, or
 * SIZE_MAX. */
static size_t path_push(struct walk *w, const char *name)
{
	size_t old = w->n_path, n = strlen(name);

	if (old + n + 2 > w->n_path_max) {
		size_t max = 2 * (old + n + 2);
		char *path = realloc(w->path, max);

		if (!path)
			return SIZE_MAX;
		w->path = path;
		w->n_path_max = max;
	}
	if (old)
		w->path[w->n_path++] = '/';
	memcpy(w->path + w->n_path, name, n + 1);
	w->n_path += n;
	return old;
}

static void path_cut(struct walk *w, size_t n)
{
	w->n_path = n;
	w->path[n] = '\0';
}

static struct entry *add_entry(
	struct walk *w, struct entry *dir, const char *name, const struct found *it)
{
	struct entry *e = entry_new(w->scratch, dir, name);

	if (!e) {
		fail_memory(w->f);
		return NULL;
	}
	entry_set_attributes(e, &it->st);
	e->folder = it->folder;
	e->source = it->name;
	return e;
}

static bool is_excluded(struct walk *w, const char *path)
{
	bool matches = exclude_matches(w->spec->excludes, w->spec->n_excludes, path);

	w->has_excluded = w->has_excluded || matches;
	return matches;
}

static bool is_empty(const struct tree_facts *t)
{
	return t->n_files + t->n_directories + t->n_others == 0;
}

/* A copy that lives as long as the scratch arena; what comes from the command line lives longer
 * anyway. */
static const char *keep_name(struct walk *w, const struct found *it, const char *name)
{
	const char *copy = it->folder ? arena_copy(w->keep, name) : name;

	if (!copy)
		fail_memory(w->f);
	return copy;
}

static int scan_folder(struct walk *w, const struct folder *folder, struct entry *dir,
	struct folder_names *names, const struct level *level);

/* A directory, with all that is in it, at name in dir; its contents straight in dir where name is
 * NULL. */
static int add_directory(struct walk *w, struct entry *dir, const char *name,
	const struct found *it, const struct level *up)
{
	struct level level = { up, it->st.st_dev, it->st.st_ino, up ? up->depth + 1 : 1 };
	struct entry *e = name ? entry_find(dir, name) : dir;
	struct folder *folder = arena_alloc(w->keep, sizeof *folder);
	const struct file_attributes *attributes;
	struct folder_names names = { 0 };
	int result = -1;

	if (!folder)
		return fail_memory(w->f);
	if (e && !S_ISDIR(e->mode))
		return fail_collision(w, it, e);
	if (level.depth > DEPTH_MAX)
		return problem(w, it, 0, "lies more than %d directories deep", DEPTH_MAX);
	*folder = (struct folder){ it->folder, it->name, it->followed };
	if (read_names(w, folder, &names, &attributes))
		return errno == ENOMEM ? fail_memory(w->f)
				       : problem(w, it, errno, "the directory can't be read");
	if (!e) {
		e = add_entry(w, dir, name, it);
		if (!e)
			goto out;
		e->attributes = attributes;
		w->result->facts.n_directories++;
	} else if (e->made_up) {
		entry_set_attributes(e, &it->st);
		e->attributes = attributes;
	}
	result = scan_folder(w, folder, e, &names, &level);
out:
	folder_names_free(&names);
	return result;
}

/* Opens the file, to see that it can be read; *is_sized false: it gives more bytes than its size
 * says, as what the kernel makes up does (proc(5)). 0, or -1 with errno. */
static int look_into(struct walk *w, const struct found *it,
	const struct file_attributes **attributes, bool *is_sized)
{
	int fd = folder_open(&w->cursor, it->folder, it->name, it->followed), ret;
	struct stat now;
	char byte;

	if (fd < 0)
		return -1;
	/* it may be written to just now */
	*is_sized = it->st.st_size > 0 || read(fd, &byte, 1) <= 0 ||
		    (fstat(fd, &now) == 0 && now.st_size > 0);
	ret = file_attributes_read(fd, w->scratch, attributes);
	close(fd);
	return ret;
}

OUT_OF_LINE static int add_file(
	struct walk *w, struct entry *dir, const char *name, const struct found *it)
{
	const struct file_attributes *attributes;
	struct tree_file *file;
	struct entry *e;
	bool is_new, is_sized;

	if (look_into(w, it, &attributes, &is_sized))
		return problem(w, it, errno, "can't be read");
	if (!is_sized)
		return problem(w, it, 0,
			"its size is 0, but it has contents: a disc can't hold it as it is");
	file = tree_file_add(w->files, it->folder, it->name, it->followed, &it->st, &is_new);
	if (!file)
		return fail_memory(w->f);
	e = add_entry(w, dir, name, it);
	if (!e)
		return -1;
	e->attributes = attributes;
	e->file = file;
	w->result->facts.n_files++;
	if (is_new)
		w->result->facts.n_bytes += file->place.n_bytes;
	return 0;
}

/* True where Rock Ridge, as libisofs writes it, can hold the target of a link. */
static bool is_storable_target(const char *target)
{
	if (!*target || strlen(target) > TARGET_BYTES_MAX)
		return false;
	while (*target) {
		size_t n = strcspn(target, "/");

		if (n > NAME_BYTES_MAX)
			return false;
		target += n + strspn(target + n, "/");
	}
	return true;
}

OUT_OF_LINE static int add_link(
	struct walk *w, struct entry *dir, const char *name, const struct found *it)
{
	int at = folder_fd(&w->cursor, it->folder);
	char target[8192];
	ssize_t n = at == -1 ? -1 : readlinkat(at, it->name, target, sizeof target - 1);
	struct entry *e;

	if (n < 0)
		return problem(w, it, errno, "the link can't be read");
	target[n] = '\0';
	if (!is_storable_target(target))
		return problem(w, it, 0,
			"the link's target is too long (%zd bytes; at most %d, each name at most "
			"%d)",
			n, TARGET_BYTES_MAX, NAME_BYTES_MAX);
	e = add_entry(w, dir, name, it);
	if (!e)
		return -1;
	e->target = arena_copy(w->scratch, target);
	if (!e->target)
		return fail_memory(w->f);
	w->result->facts.n_others++;
	return 0;
}

/* Puts what was found at a place of the disc. */
static int add_found(struct walk *w, struct entry *dir, const char *name, const struct found *it,
	const struct level *level)
{
	mode_t type = it->st.st_mode & S_IFMT;
	struct entry *there;

	if (w->spec->avoid_ino && it->st.st_dev == w->spec->avoid_dev &&
		it->st.st_ino == w->spec->avoid_ino)
		return problems_leave_out(
			&w->problems, it->folder, it->name, "it is the image that is being made");
	if (type == S_IFSOCK)
		return problems_leave_out(&w->problems, it->folder, it->name, "a socket");
	if (strlen(name) > NAME_BYTES_MAX)
		return problem(w, it, 0, "the name has more than %d bytes", NAME_BYTES_MAX);
	if (type == S_IFDIR)
		return add_directory(w, dir, name, it, level);
	there = entry_find(dir, name);
	if (there)
		return fail_collision(w, it, there);
	if (type == S_IFREG)
		return add_file(w, dir, name, it);
	if (type == S_IFLNK)
		return add_link(w, dir, name, it);
	if (type != S_IFIFO && type != S_IFCHR && type != S_IFBLK)
		return problems_leave_out(&w->problems, it->folder, it->name,
			"a kind of file that a disc can't hold");
	w->result->facts.n_others++;
	return add_entry(w, dir, name, it) ? 0 : -1;
}

static bool is_above(const struct level *level, const struct stat *st)
{
	for (; level; level = level->up)
		if (level->dev == st->st_dev && level->ino == st->st_ino)
			return true;
	return false;
}

/* Follows the link it, where it leads to something that can be stored in its place. */
OUT_OF_LINE static void follow(struct walk *w, int at, struct found *it, const struct level *level)
{
	struct stat st;
	char path[4096];

	folder_path(it->folder, it->name, path, sizeof path);
	if (fstatat(at, it->name, &st, 0)) {
		message_warn(w->m, "%s: stored as a link: it can't be followed: %s", path,
			strerror(errno));
		return;
	}
	if (S_ISDIR(st.st_mode) && is_above(level, &st)) {
		message_warn(w->m,
			"%s: stored as a link: it leads back to a directory that it lies in", path);
		return;
	}
	it->st = st;
	it->followed = true;
}

static int scan_name(struct walk *w, const struct folder *folder, struct entry *dir,
	const char *name, const struct level *level)
{
	struct found it = { .folder = folder };
	int at;

	if (signals_caught())
		return fail_set(w->f, FAIL_FAILED, "", "interrupted while reading the tree");
	if (is_excluded(w, w->path))
		return 0;
	it.name = name;
	at = folder_fd(&w->cursor, folder);
	if (at == -1 || fstatat(at, name, &it.st, AT_SYMLINK_NOFOLLOW)) {
		/* deleted since its name was read: no part of the tree any more */
		if (errno == ENOENT)
			return 0;
		return problem(w, &it, errno, "can't be looked at");
	}
	if (w->spec->follow_links && S_ISLNK(it.st.st_mode))
		follow(w, at, &it, level);
	it.name = keep_name(w, &it, name);
	if (!it.name)
		return -1;
	return add_found(w, dir, it.name, &it, level);
}

static int scan_folder(struct walk *w, const struct folder *folder, struct entry *dir,
	struct folder_names *names, const struct level *level)
{
	for (size_t i = 0; i < names->n; i++) {
		size_t old = path_push(w, names->at[i]);
		int ret;

		if (old == SIZE_MAX)
			return fail_memory(w->f);
		ret = scan_name(w, folder, dir, names->at[i], level);
		path_cut(w, old);
		if (ret)
			return ret;
	}
	return 0;
}

/* Looks at a path of the command line; links are followed. 1: found, 0: left out, -1: f filled. */
static int look_at(struct walk *w, const char *path, struct found *it)
{
	*it = (struct found){ .name = path, .followed = true };
	if (stat(path, &it->st) == 0)
		return 1;
	if (errno == ENOENT || errno == ENOTDIR || !*path)
		return fail_errno(w->f, FAIL_USAGE, path, "can't be found");
	return problem(w, it, errno, "can't be looked at");
}

/* path without the slashes at its end. NULL with f filled. */
static const char *cut_slashes(struct walk *w, const char *path)
{
	size_t n = strlen(path);
	char *copy = arena_copy(w->keep, path);

	if (!copy) {
		fail_memory(w->f);
		return NULL;
	}
	while (n > 1 && copy[n - 1] == '/')
		copy[--n] = '\0';
	return copy;
}

/* Puts a file or directory of the command line at name in dir; the contents of a directory where
 * name is NULL. */
static int add_named(struct walk *w, struct entry *dir, const char *name, const char *path)
{
	struct found it;
	int ret;

	path = cut_slashes(w, path);
	if (!path)
		return -1;
	ret = look_at(w, path, &it);
	if (ret <= 0)
		return ret;
	if (S_ISDIR(it.st.st_mode))
		return add_directory(w, dir, name, &it, NULL);
	if (!name) {
		const char *slash = strrchr(path, '/');

		name = slash ? slash + 1 : path;
	}
	if (is_excluded(w, name))
		return 0;
	return add_found(w, dir, name, &it, NULL);
}

/* The directory called name in dir, made where it is missing. NULL with f filled. */
static struct entry *enter(
	struct walk *w, struct entry *dir, const char *name, const struct tree_graft *graft)
{
	struct entry *e = entry_find(dir, name);

	if (e && !S_ISDIR(e->mode)) {
		fail_no_directory(w, graft, e);
		return NULL;
	}
	if (e)
		return e;
	e = entry_new(w->scratch, dir, name);
	if (!e) {
		fail_memory(w->f);
		return NULL;
	}
	e->mode = S_IFDIR | 0755;
	e->made_up = true;
	e->source = graft->path;
	w->result->facts.n_directories++;
	return e;
}

static int add_graft(struct walk *w, const struct tree_graft *graft)
{
	struct entry *dir = w->result->root;
	char *rest = arena_copy(w->keep, graft->target), *save = NULL;
	size_t n = strlen(graft->target);
	bool into = n == 0 || graft->target[n - 1] == '/';
	char *name, *next;
	struct stat st;

	if (!rest)
		return fail_memory(w->f);
	/* "a/" takes a file under its own name, and the contents of a directory as "a" does */
	into = into && !(stat(graft->path, &st) == 0 && S_ISDIR(st.st_mode));
	for (name = strtok_r(rest, "/", &save); name; name = next) {
		next = strtok_r(NULL, "/", &save);
		if (!strcmp(name, ".."))
			return fail_set(w->f, FAIL_USAGE, graft->target,
				"the place of a graft can't have \"..\" in it");
		if (!strcmp(name, "."))
			continue;
		if (strlen(name) > NAME_BYTES_MAX)
			return fail_set(w->f, FAIL_USAGE, graft->target,
				"the place of a graft has a name of more than %d bytes",
				NAME_BYTES_MAX);
		if (!next && !into)
			return add_named(w, dir, name, graft->path);
		dir = enter(w, dir, name, graft);
		if (!dir)
			return -1;
	}
	return add_named(w, dir, NULL, graft->path);
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

static struct entry *new_root(struct walk *w)
{
	struct entry *root = entry_new(w->scratch, NULL, NULL);

	if (!root) {
		fail_memory(w->f);
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

int walk_sources(const struct tree_spec *spec, struct tree_file_set *files, struct arena *keep,
	struct arena *scratch, struct walk_result *result, const struct messages *m, struct fail *f)
{
	struct walk w = { .spec = spec,
		.files = files,
		.keep = keep,
		.scratch = scratch,
		.result = result,
		.m = m,
		.f = f,
		.problems = { .m = m, .leaves_out = spec->skip_unreadable } };
	int ret = -1;

	*result = (struct walk_result){ .root = new_root(&w) };
	if (!result->root)
		return -1;
	for (size_t i = 0; i < spec->n_sources; i++)
		if (add_named(&w, result->root, NULL, spec->sources[i]))
			goto out;
	for (size_t i = 0; i < spec->n_grafts; i++)
		if (add_graft(&w, &spec->grafts[i]))
			goto out;
	if (problems_fail(&w.problems, f))
		goto out;
	if (w.has_excluded && is_empty(&result->facts)) {
		fail_set(f, FAIL_USAGE, "-exclude",
			"leaves out everything: nothing is left to burn");
		goto out;
	}
	result->n_left_out = w.problems.n_left_out;
	if (result->n_left_out && is_empty(&result->facts)) {
		fail_set(f, FAIL_FAILED, "", "nothing of it can be read: nothing is left to burn");
		goto out;
	}
	complete_made_up(result->root, result->root);
	ret = 0;
out:
	folder_cursor_close(&w.cursor);
	free(w.path);
	return ret;
}
