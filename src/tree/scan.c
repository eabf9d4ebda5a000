/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tree/exclude.h"
#include "tree/file_look.h"
#include "tree/folder_names.h"
#include "util/request_field.h"
#include "util/signals.h"

enum {
	/* libisofs' limit (libisofs/node.h, LIBISOFS_NODE_PATH_MAX) */
	TARGET_BYTES_MAX = 1024,
	/* libisofs goes down a tree by recursion, in a thread with an ordinary stack */
	DEPTH_MAX = 4096,
};

/* The scan goes down by recursion: what needs much stack stays out of the functions on its way. */
#define OUT_OF_LINE __attribute__((noinline))

/* Something that can't be stored; the scan goes on. */
#define problem(s, it, ...) problems_add(&(s)->problems, (it)->folder, (it)->name, __VA_ARGS__)

OUT_OF_LINE static int fail_collision(
	struct scan *s, const struct found *it, const struct entry *there)
{
	char path[sizeof s->f->object], other[512];

	folder_path(it->folder, it->name, path, sizeof path);
	folder_path(there->folder, there->source, other, sizeof other);
	if (strcmp(path, other) == 0 && S_ISLNK(it->st.st_mode)) {
		fail_set(s->f, FAIL_USAGE, path,
			"is a link, but what lies behind it is stored there too, as in a "
			"directory");
		return fail_field(s->f, REQUEST_LINKS);
	}
	fail_set(s->f, FAIL_USAGE, path, "has the same path on the disc as %s", other);
	return fail_field(s->f, REQUEST_PLACE);
}

/* The names in a directory, and its attributes. 0, or -1 with errno. */
static int read_names(struct scan *s, const struct folder *folder, struct folder_names *names,
	const struct file_attributes **attributes)
{
	int fd = folder_open(&s->cursor, folder, ".", false);

	if (fd < 0)
		return -1;
	if (file_attributes_read(fd, s->scratch, s->spec->privileged, attributes)) {
		close(fd);
		return -1;
	}
	return folder_names_read(names, fd);
}

/* Appends a name to the path from the SOURCE's root; returns the length to go back to, or
 * SIZE_MAX. */
static size_t path_push(struct scan *s, const char *name)
{
	size_t old = s->n_path, n = strlen(name);

	if (old + n + 2 > s->n_path_max) {
		size_t max = 2 * (old + n + 2);
		char *path = realloc(s->path, max);

		if (!path)
			return SIZE_MAX;
		s->path = path;
		s->n_path_max = max;
	}
	if (old)
		s->path[s->n_path++] = '/';
	memcpy(s->path + s->n_path, name, n + 1);
	s->n_path += n;
	return old;
}

static void path_cut(struct scan *s, size_t n)
{
	s->n_path = n;
	s->path[n] = '\0';
}

static struct entry *add_entry(
	struct scan *s, struct entry *dir, const char *name, const struct found *it)
{
	struct entry *e = entry_new(s->scratch, dir, name);

	if (!e) {
		fail_memory(s->f);
		return NULL;
	}
	entry_set_attributes(e, &it->st);
	e->folder = it->folder;
	e->source = it->name;
	return e;
}

int scan_start_at(struct scan *s, const char *path)
{
	s->n_path = 0;
	return path_push(s, path) == SIZE_MAX ? fail_memory(s->f) : 0;
}

static bool is_at(const struct stat *st, const struct stat *it)
{
	return st->st_dev == it->st_dev && st->st_ino == it->st_ino && st->st_size == it->st_size;
}

/* True where a list names a second time what is there. */
static bool is_named_again(const struct scan *s, const struct found *it, const struct entry *there)
{
	char path[4096];
	struct stat st;

	if (!s->is_listing || (there->mode & S_IFMT) != (it->st.st_mode & S_IFMT))
		return false;
	folder_path(there->folder, there->source, path, sizeof path);
	return (lstat(path, &st) == 0 && is_at(&st, &it->st)) ||
	       (stat(path, &st) == 0 && is_at(&st, &it->st));
}

bool scan_is_excluded(struct scan *s, const char *path)
{
	bool matches = exclude_matches(s->spec->excludes, s->spec->n_excludes, path);

	s->has_excluded = s->has_excluded || matches;
	return matches;
}

/* A copy that lives as long as the scratch arena; what comes from the command line lives longer
 * anyway. */
static const char *keep_name(struct scan *s, const struct found *it, const char *name)
{
	const char *copy = it->folder ? arena_copy(s->keep, name) : name;

	if (!copy)
		fail_memory(s->f);
	return copy;
}

struct entry *scan_add_bare_directory(
	struct scan *s, struct entry *dir, const char *name, const struct found *it)
{
	struct entry *e = add_entry(s, dir, name, it);
	int fd = folder_open(&s->cursor, it->folder, it->name, it->followed);

	/* without the right to read it, files in it may be read all the same */
	if (e && fd >= 0 &&
		file_attributes_read(fd, s->scratch, s->spec->privileged, &e->attributes))
		problem(s, it, errno, "the directory can't be read");
	if (fd >= 0)
		close(fd);
	s->facts.n_directories += e != NULL;
	return e;
}

static int scan_folder(
	struct scan *s, const struct folder *folder, struct entry *dir, struct folder_names *names);

/* True for a directory in which another file system begins, which is left out. */
static bool is_other_file_system(const struct scan *s, const struct found *it)
{
	return s->spec->one_file_system && s->above && s->above->dev != it->st.st_dev;
}

/* The directory without what is in it, which is not even opened. */
OUT_OF_LINE static int add_mount(
	struct scan *s, struct entry *dir, const char *name, const struct found *it)
{
	struct scan_mount *mount = arena_alloc(s->scratch, sizeof *mount);
	struct entry *e = entry_find(dir, name);

	if (!mount)
		return fail_memory(s->f);
	if (!e) {
		e = add_entry(s, dir, name, it);
		if (!e)
			return -1;
		s->facts.n_directories++;
	}
	*mount = (struct scan_mount){ s->mounts, e, it->folder, it->name, it->st.st_dev,
		it->st.st_ino };
	s->mounts = mount;
	return 0;
}

/* What was left out below another directory is there by its own name. */
static void forget_mount(struct scan *s, const struct entry *e, const struct stat *st)
{
	struct scan_mount **next = &s->mounts;

	while (*next)
		if ((*next)->at == e && (*next)->dev == st->st_dev && (*next)->ino == st->st_ino)
			*next = (*next)->next;
		else
			next = &(*next)->next;
}

/* A directory, with all that is in it, at name in dir; its contents straight in dir where name is
 * NULL. */
int scan_add_directory(struct scan *s, struct entry *dir, const char *name, const struct found *it)
{
	struct scan_level level = { .up = s->above,
		.dev = it->st.st_dev,
		.ino = it->st.st_ino,
		.depth = s->above ? s->above->depth + 1 : 1 };
	struct entry *e = name ? entry_find(dir, name) : dir;
	struct folder *folder = arena_alloc(s->keep, sizeof *folder);
	const struct file_attributes *attributes;
	struct folder_names names = { 0 };
	int result = -1;

	if (!folder)
		return fail_memory(s->f);
	if (e && !S_ISDIR(e->mode))
		return fail_collision(s, it, e);
	if (e && e->dir.is_whole && is_named_again(s, it, e))
		return 0;
	if (is_other_file_system(s, it))
		return add_mount(s, dir, name, it);
	if (level.depth > DEPTH_MAX)
		return problem(s, it, 0, "is nested more than %d directories deep", DEPTH_MAX);
	*folder = (struct folder){ it->folder, it->name, it->followed };
	if (read_names(s, folder, &names, &attributes)) {
		if (e)
			e->dir.is_lost = true;
		return errno == ENOMEM ? fail_memory(s->f)
				       : problem(s, it, errno, "the directory can't be read");
	}
	if (!e) {
		e = add_entry(s, dir, name, it);
		if (!e)
			goto out;
		e->attributes = attributes;
		s->facts.n_directories++;
	} else if (e->made_up) {
		entry_set_attributes(e, &it->st);
		e->attributes = attributes;
	}
	level.folder = folder;
	s->above = &level;
	result = scan_folder(s, folder, e, &names);
	e->dir.is_whole = true;
	s->above = level.up;
	forget_mount(s, e, &it->st);
out:
	folder_names_free(&names);
	return result;
}

/* The file that it is, new or by one more name. NULL with f filled. */
static struct tree_file *enlist(
	struct scan *s, const struct found *it, const struct file_seen *seen)
{
	struct tree_file *file = seen->known;

	if (!seen->known)
		file = tree_file_add(
			s->files, seen->old, it->folder, it->name, it->followed, &it->st);
	else if (tree_file_add_name(s->files, seen->known, it->folder, it->name, it->followed))
		file = NULL;
	if (!file) {
		fail_memory(s->f);
		return NULL;
	}
	if (seen->known)
		return file;
	s->facts.n_bytes += file->n_bytes;
	if (seen->old && !seen->old->file)
		seen->old->file = file;
	return file;
}

OUT_OF_LINE static int add_file(
	struct scan *s, struct entry *dir, const char *name, const struct found *it)
{
	const struct file_look look = { s->files, s->scratch, &s->cursor, &s->identity, s->old,
		s->m, s->spec->privileged };
	const struct file_look_place place = { it->folder, it->name, it->followed, &it->st, dir,
		name };
	struct file_seen seen;
	struct tree_file *file;
	struct entry *e;

	if (file_look(&look, &place, &seen, s->f))
		return fail_is_set(s->f) ? -1 : problem(s, it, errno, "can't be read");
	if (!seen.is_sized)
		return problem(
			s, it, 0, "reports a size of 0 but has contents, so it can't be stored");
	file = enlist(s, it, &seen);
	if (!file)
		return -1;
	e = add_entry(s, dir, name, it);
	if (!e)
		return -1;
	e->attributes = seen.attributes;
	e->file = file;
	e->is_same = seen.old != NULL;
	s->facts.n_files++;
	return 0;
}

/* True where Rock Ridge, as libisofs writes it, can hold the target of a link. */
static bool is_storable_target(const char *target)
{
	if (!*target || strlen(target) > TARGET_BYTES_MAX)
		return false;
	while (*target) {
		size_t n = strcspn(target, "/");

		if (n > SCAN_NAME_BYTES_MAX)
			return false;
		target += n + strspn(target + n, "/");
	}
	return true;
}

OUT_OF_LINE static int add_link(
	struct scan *s, struct entry *dir, const char *name, const struct found *it)
{
	int at = folder_fd(&s->cursor, it->folder);
	char target[8192];
	ssize_t n = at == -1 ? -1 : readlinkat(at, it->name, target, sizeof target - 1);
	struct entry *e;

	if (n < 0)
		return problem(s, it, errno, "the link can't be read");
	target[n] = '\0';
	if (!is_storable_target(target))
		return problem(s, it, 0,
			"the link's target is too long (%zd bytes; at most %d, each name at most "
			"%d)",
			n, TARGET_BYTES_MAX, SCAN_NAME_BYTES_MAX);
	e = add_entry(s, dir, name, it);
	if (!e)
		return -1;
	e->target = arena_copy(s->scratch, target);
	if (!e->target)
		return fail_memory(s->f);
	s->facts.n_others++;
	return 0;
}

int scan_add(struct scan *s, struct entry *dir, const char *name, const struct found *it)
{
	mode_t type = it->st.st_mode & S_IFMT;
	struct entry *there;

	if (s->spec->avoid_ino && it->st.st_dev == s->spec->avoid_dev &&
		it->st.st_ino == s->spec->avoid_ino)
		return problems_leave_out(
			&s->problems, it->folder, it->name, "it is the image being written");
	if (type == S_IFSOCK)
		return problems_leave_out(&s->problems, it->folder, it->name, "a socket");
	if (strlen(name) > SCAN_NAME_BYTES_MAX)
		return problem(s, it, 0, "the name has more than %d bytes", SCAN_NAME_BYTES_MAX);
	if (type == S_IFDIR)
		return scan_add_directory(s, dir, name, it);
	there = entry_find(dir, name);
	if (there)
		return is_named_again(s, it, there) ? 0 : fail_collision(s, it, there);
	if (type == S_IFREG)
		return add_file(s, dir, name, it);
	if (type == S_IFLNK)
		return add_link(s, dir, name, it);
	if (type != S_IFIFO && type != S_IFCHR && type != S_IFBLK)
		return problems_leave_out(
			&s->problems, it->folder, it->name, "unsupported file type");
	s->facts.n_others++;
	return add_entry(s, dir, name, it) ? 0 : -1;
}

/* True for a directory that is above, or that the kernel can't tell from one. */
static bool is_above(struct scan *s, int dir_fd, const struct stat *st)
{
	for (const struct scan_level *level = s->above; level; level = level->up)
		if (level->dev == st->st_dev && level->ino == st->st_ino &&
			!identity_is_known_other(
				&s->identity, dir_fd, folder_fd(&s->cursor, level->folder)))
			return true;
	return false;
}

static bool leads_up(struct scan *s, int at, const char *link, const struct stat *st)
{
	int fd = openat(at, link, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool leads = is_above(s, fd, st);

	if (fd >= 0)
		close(fd);
	return leads;
}

/* Follows the link it, where it leads to something that can be stored in its place. */
OUT_OF_LINE static void follow(struct scan *s, int at, struct found *it)
{
	struct stat st;
	char path[4096];

	folder_path(it->folder, it->name, path, sizeof path);
	if (fstatat(at, it->name, &st, 0)) {
		message_warn(s->m, "%s: stored as a link: it can't be followed: %s", path,
			strerror(errno));
		return;
	}
	if (S_ISDIR(st.st_mode) && leads_up(s, at, it->name, &st)) {
		message_warn(
			s->m, "%s: stored as a link: it points to a directory above itself", path);
		return;
	}
	it->st = st;
	it->followed = true;
}

static int scan_name(
	struct scan *s, const struct folder *folder, struct entry *dir, const char *name)
{
	struct found it = { .folder = folder };
	int at;

	if (signals_caught())
		return fail_set(s->f, FAIL_FAILED, "", "interrupted while reading the tree");
	if (scan_is_excluded(s, s->path))
		return 0;
	it.name = name;
	at = folder_fd(&s->cursor, folder);
	if (at == -1 || fstatat(at, name, &it.st, AT_SYMLINK_NOFOLLOW)) {
		/* deleted since its name was read: no part of the tree any more */
		if (errno == ENOENT)
			return 0;
		return problem(s, &it, errno, "can't be accessed");
	}
	if (s->spec->follow_links && S_ISLNK(it.st.st_mode))
		follow(s, at, &it);
	it.name = keep_name(s, &it, name);
	if (!it.name)
		return -1;
	return scan_add(s, dir, it.name, &it);
}

int scan_lose(struct scan *s, struct entry *dir, const char *name, size_t n_left_out)
{
	const struct entry *there = name ? entry_find(dir, name) : NULL;
	const char *copy;

	if (!s->old || s->problems.n_left_out == n_left_out || (there && !S_ISDIR(there->mode)))
		return 0;
	/* what is in a directory that is there has been remembered there */
	if (!name)
		dir->dir.is_lost = true;
	if (!name || there)
		return 0;
	copy = arena_copy(s->scratch, name);
	return copy && entry_lose(s->scratch, dir, copy) == 0 ? 0 : fail_memory(s->f);
}

static int scan_folder(
	struct scan *s, const struct folder *folder, struct entry *dir, struct folder_names *names)
{
	for (size_t i = 0; i < names->n; i++) {
		size_t old = path_push(s, names->at[i]), n_left_out;
		int ret;

		if (old == SIZE_MAX)
			return fail_memory(s->f);
		n_left_out = s->problems.n_left_out;
		ret = scan_name(s, folder, dir, names->at[i]);
		path_cut(s, old);
		if (ret || scan_lose(s, dir, names->at[i], n_left_out))
			return -1;
	}
	return 0;
}

void scan_close(struct scan *s)
{
	folder_cursor_close(&s->cursor);
	identity_clear(&s->identity);
	free(s->path);
}
