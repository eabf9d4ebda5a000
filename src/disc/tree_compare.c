/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/tree_compare.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disc/attribute_compare.h"
#include "disc/beneath.h"
#include "disc/names_there.h"
#include "disc/same_files.h"
#include "disc/sums.h"
#include "iso/disc_time.h"
#include "iso/disc_walk.h"
#include "iso/file_attributes.h"
#include "util/io.h"
#include "util/signals.h"

enum { READ_BYTES = 512 * 1024 };

static const char only_on_disc[] = "exists only on the disc";
static const char unread[] = "the copy in the directory can't be read";
/* the same of a directory, which is told when its names are looked for */
static const char unread_later[] = "";

struct work {
	struct tree_compare *c;
	struct disc_walk walk;
	struct beneath tree;
	uint8_t *disc_bytes, *tree_bytes; /* READ_BYTES each */
	struct same_files same_files;
	uint32_t directory;           /* of the walk, that is compared */
	struct names_there is_unread; /* directories, by their numbers: nothing in them is seen */
	int why;                      /* errno of what could not be read last */
	bool is_root;
	struct fail *f;
};

void tree_compare_look(struct tree_compare *c, const struct disc_node *node)
{
	uint32_t mode = node->mode & 07777;
	bool is_made_up = node->uid == 0 && node->gid == 0 &&
			  (S_ISLNK(node->mode) || mode == 0444 || mode == 0555);

	c->has_rights = c->has_rights || !is_made_up;
	c->has_attributes = c->has_attributes || node->n_attributes;
	for (uint32_t i = 0; i < node->n_attributes; i++)
		c->has_privileged = c->has_privileged ||
				    file_attributes_is_privileged(node->attributes[i].name);
}

/* Keeps errno: something in the directory can't be read. */
static const char *note_unread(struct work *w)
{
	w->why = errno;
	return unread;
}

/* Tells what differs, or can't be read. */
static void tell(struct work *w, uint32_t directory, const char *name, const char *what)
{
	if (what == unread) {
		w->c->n_unread++;
		w->c->unread(w->c->ctx, disc_walk_path(&w->walk, directory, name), w->why);
		return;
	}
	w->c->n_differ++;
	w->c->differs(w->c->ctx, disc_walk_path(&w->walk, directory, name), what);
}

/* NULL where the bytes are equal; *is_end where it is no use to go on. */
static const char *compare_bytes(struct work *w, int fd, const struct disc_node *node, bool *is_end)
{
	size_t n = 1;

	for (uint64_t at = 0; n; at += n) {
		ssize_t got;

		if (signals_caught()) {
			*is_end = true;
			fail_set(w->f, FAIL_FAILED, "", "interrupted");
			return NULL;
		}
		if (disc_files_read(w->c->files, node, at, READ_BYTES, w->disc_bytes, &n, NULL))
			return "can't be read";
		got = io_read_full(fd, w->tree_bytes, n ? n : 1);
		if (got < 0)
			return note_unread(w);
		if ((size_t)got != n || memcmp(w->disc_bytes, w->tree_bytes, n) != 0)
			return "contents differ";
		if (w->c->progress)
			w->c->progress(
				w->c->ctx, disc_walk_path(&w->walk, w->directory, node->name));
	}
	return NULL;
}

static void count_unrecorded(struct tree_compare *c, const struct file_attributes *there)
{
	if (!c->has_attributes)
		c->n_unrecorded += there->n > 0;
	if (c->has_privileged || !there->n_left_out)
		return;
	if (c->n_left_out++ == 0)
		snprintf(c->left_out, sizeof c->left_out, "%s", there->left_out);
}

/* Only root can have set, and sees, the privileged ones. */
static const char *compare_attributes(struct work *w, int fd, const struct disc_node *node)
{
	bool with_privileged = w->is_root && w->c->has_privileged;
	const struct file_attributes *there;
	struct arena arena = { 0 };
	const char *what = NULL;

	if (file_attributes_read(fd, &arena, with_privileged, &there))
		what = note_unread(w);
	else if (w->c->has_attributes)
		what = attribute_compare(node, there, w->c->has_rights, with_privileged);
	if (!what && there)
		count_unrecorded(w->c, there);
	arena_clear(&arena);
	return what;
}

static const char *compare_contents(
	struct work *w, int dir_fd, const struct disc_node *node, bool *is_end)
{
	int fd = beneath_open_name(dir_fd, node->name, O_RDONLY | O_NONBLOCK, 0);
	const char *what;

	if (fd < 0)
		return note_unread(w);
	what = compare_bytes(w, fd, node, is_end);
	if (!what && !*is_end)
		what = compare_attributes(w, fd, node);
	close(fd);
	return what;
}

static const char *compare_directory(struct work *w, int dir_fd, const struct disc_node *node)
{
	int fd = beneath_open_name(dir_fd, node->name, O_RDONLY | O_DIRECTORY, 0);
	const char *what;

	if (fd < 0)
		return unread_later;
	what = compare_attributes(w, fd, node);
	close(fd);
	return what;
}

static const char *compare_target(int dir_fd, const struct disc_node *node)
{
	char target[8192];
	ssize_t n = readlinkat(dir_fd, node->name, target, sizeof target);

	/* libisofs up to 1.5.6 does not store one slash at the end */
	if (n > 1 && target[n - 1] == '/' && target[n - 2] != '/' && node->target &&
		(size_t)n == strlen(node->target) + 1)
		n--;
	if (n >= 0 && node->target && (size_t)n == strlen(node->target) &&
		memcmp(target, node->target, (size_t)n) == 0)
		return NULL;
	return "link target differs";
}

/* Which form of time stands on a disc depends on who made it. */
static bool is_recorded(time_t t, const struct disc_node *node)
{
	return disc_time_nearest_short(t) == node->mtime ||
	       disc_time_nearest_long(t) == node->mtime;
}

/* All that stat tells; of a link only that it is one. */
static const char *compare_state(
	const struct work *w, const struct disc_node *node, const struct stat *st)
{
	bool is_device = S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);

	if ((st->st_mode & S_IFMT) != (node->mode & S_IFMT))
		return "file type differs";
	if (S_ISLNK(st->st_mode))
		return NULL;
	if (w->c->has_rights && (st->st_mode & 07777) != (node->mode & 07777))
		return "permissions differ";
	if (!S_ISDIR(st->st_mode) && !is_recorded(st->st_mtime, node))
		return "modification time differs";
	if (is_device && st->st_rdev != node->device)
		return "device number differs";
	if (S_ISREG(st->st_mode) && (uint64_t)st->st_size != node->n_bytes)
		return "size differs";
	return NULL;
}

/* What is in it, or where it leads. */
static const char *compare_inside(
	struct work *w, int dir_fd, const struct disc_node *node, bool *is_end)
{
	switch (node->mode & S_IFMT) {
	case S_IFLNK:
		return compare_target(dir_fd, node);
	case S_IFREG:
		return compare_contents(w, dir_fd, node, is_end);
	case S_IFDIR:
		return compare_directory(w, dir_fd, node);
	default:
		return NULL;
	}
}

/* Only root can have extracted other people's files. */
static const char *compare_owner(
	const struct work *w, const struct disc_node *node, const struct stat *st)
{
	bool is_equal = st->st_uid == node->uid && st->st_gid == node->gid;

	return is_equal || !w->is_root || !w->c->has_rights ? NULL : "owner or group differs";
}

/* errno tells that there is nothing of that name, not that it can't be seen. */
static bool is_missing(void)
{
	return errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
}

/* NULL where they are equal. */
static const char *compare_node(
	struct work *w, int dir_fd, const struct disc_node *node, bool *is_end)
{
	const char *what, *link = NULL;
	struct stat st;

	if (dir_fd < 0 || fstatat(dir_fd, node->name, &st, AT_SYMLINK_NOFOLLOW))
		return is_missing() ? only_on_disc : note_unread(w);
	if (S_ISREG(node->mode) && S_ISREG(st.st_mode) &&
		same_files_add(&w->same_files, node, &st, &link, w->f)) {
		*is_end = true;
		return NULL;
	}
	what = compare_state(w, node, &st);
	if (!what)
		what = compare_inside(w, dir_fd, node, is_end);
	if (!what)
		what = compare_owner(w, node, &st);
	return what ? what : link;
}

/* What is in the directory alone. */
static void find_others(struct work *w, int dir_fd, const struct disc_walk_step *step)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	struct stat st;

	if (!d) {
		tell(w, step->directory, NULL, note_unread(w));
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
			!disc_listing_find(step->listing, e->d_name) &&
			fstatat(dir_fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			!S_ISSOCK(st.st_mode))
			tell(w, step->directory, e->d_name, "exists only in the directory");
	closedir(d);
}

/* Where nothing in the directory can be seen, that is told for the uppermost one; *is_hidden says
 * whether that is so. 0, or -1 with w->f filled: no memory. */
static int find_hidden(struct work *w, const struct disc_walk_step *step, bool *is_hidden)
{
	int fd = beneath_directory(&w->tree, step->directory);
	bool is_seen = fd >= 0 && faccessat(fd, ".", F_OK, 0) == 0;

	*is_hidden = !is_seen && errno == EACCES;
	if (!*is_hidden)
		return 0;
	if (!names_there_has(&w->is_unread, w->walk.directories[step->directory].parent))
		tell(w, step->directory, NULL, note_unread(w));
	w->c->n_unread += step->listing->n_nodes;
	return names_there_set(&w->is_unread, step->directory, w->f);
}

static int take_step(struct work *w, const struct disc_walk_step *step)
{
	bool is_hidden;

	if (find_hidden(w, step, &is_hidden))
		return -1;
	if (is_hidden)
		return 0;
	w->directory = step->directory;
	for (size_t i = 0; i < step->listing->n_nodes; i++) {
		const struct disc_node *node = step->listing->nodes[i];
		int dir_fd = beneath_directory(&w->tree, step->directory);
		bool is_end = false;
		const char *what = compare_node(w, dir_fd, node, &is_end);

		if (is_end)
			return -1;
		/* burning adds it, perhaps in the place of the directory's own */
		if (what && step->directory == 0 && !strcmp(node->name, SUMS_NAME)) {
			w->c->sums_differ = what == only_on_disc ? NULL : what;
			continue;
		}
		if (what == unread_later)
			continue;
		w->c->n_checked += what != unread;
		if (what)
			tell(w, step->directory, node->name, what);
	}
	if (beneath_directory(&w->tree, step->directory) >= 0)
		find_others(w, beneath_directory(&w->tree, step->directory), step);
	return 0;
}

/* The root itself, which the disc made up where single files were burned. */
static void compare_root(struct work *w)
{
	const struct disc_node *node = disc_files_root(w->c->files);
	const char *what;
	struct stat st;
	int fd = openat(beneath_directory(&w->tree, 0), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st))
		what = note_unread(w);
	else
		what = compare_state(w, node, &st);
	if (!what)
		what = compare_attributes(w, fd, node);
	if (!what)
		what = compare_owner(w, node, &st);
	w->c->root_differs = what;
	if (fd >= 0)
		close(fd);
}

static int compare_all(struct work *w)
{
	struct disc_walk_step step;
	int next;

	if (disc_walk_add(&w->walk, "", w->f))
		return -1;
	compare_root(w);
	while ((next = disc_walk_next(&w->walk, &step, w->f)) > 0)
		if (take_step(w, &step))
			return -1;
	return next;
}

int tree_compare(struct tree_compare *c, struct fail *f)
{
	struct work w = { .c = c, .tree = { .root = -1 }, .is_root = geteuid() == 0, .f = f };
	int result = -1;

	w.disc_bytes = malloc(READ_BYTES);
	w.tree_bytes = malloc(READ_BYTES);
	if (!w.disc_bytes || !w.tree_bytes) {
		fail_memory(f);
		goto out;
	}
	if (disc_walk_open(&w.walk, c->files, c->damaged, c->ctx, f) ||
		beneath_open(&w.tree, c->dir, &w.walk, f))
		goto out;
	result = compare_all(&w);
	c->are_links_cut = w.same_files.is_full;
out:
	free(w.disc_bytes);
	free(w.tree_bytes);
	same_files_clear(&w.same_files);
	names_there_clear(&w.is_unread);
	beneath_close(&w.tree);
	disc_walk_close(&w.walk);
	return result;
}
