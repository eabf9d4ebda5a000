/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/equal_node.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disc/attribute_compare.h"
#include "disc/beneath.h"
#include "iso/file_attributes.h"
#include "util/io.h"
#include "util/signals.h"

static bool has_equal_bytes(struct restore *r, int fd, const struct disc_node *node)
{
	size_t half = RESTORE_BUFFER / 2, n = 1;

	for (uint64_t at = 0; n; at += n) {
		ssize_t got;

		if (signals_caught() || disc_files_read(r->files, node, at, half, r->buf, &n, NULL))
			return false;
		got = io_read_full(fd, r->buf + half, n ? n : 1);
		if (got < 0 || (size_t)got != n || memcmp(r->buf, r->buf + half, n) != 0)
			return false;
		restore_tell_progress(r, at + n);
	}
	return true;
}

static bool has_equal_attributes(const struct restore *r, int fd, const struct disc_node *node)
{
	const struct file_attributes *there;
	struct arena arena = { 0 };
	bool is_equal = file_attributes_read(fd, &arena, r->attributes.privileged, &there) == 0 &&
			!attribute_compare(node, there, true, r->attributes.privileged);

	arena_clear(&arena);
	return is_equal;
}

static bool has_equal_target(int dir_fd, const char *name, const struct disc_node *node)
{
	char target[8192];
	ssize_t n = readlinkat(dir_fd, name, target, sizeof target);

	return n >= 0 && node->target && (size_t)n == strlen(node->target) &&
	       memcmp(target, node->target, (size_t)n) == 0;
}

/* Time, owner and mode. */
static bool has_equal_state(
	const struct restore *r, const struct disc_node *node, const struct stat *st)
{
	if (st->st_mtime != node->mtime)
		return false;
	if (geteuid() == 0 && (st->st_uid != node->uid || st->st_gid != node->gid))
		return false;
	return S_ISLNK(st->st_mode) ||
	       (st->st_mode & 07777) == restore_attributes_mode(&r->attributes, node);
}

static bool are_attributes_equal(const struct file_attributes *a, const struct file_attributes *b)
{
	size_t n = a ? a->n : 0;

	if (n != (b ? b->n : 0))
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(a->names[i], b->names[i]) != 0 || a->lengths[i] != b->lengths[i] ||
			memcmp(a->values[i], b->values[i], a->lengths[i]) != 0)
			return false;
	return true;
}

static bool is_state_alike(const struct stat *a, const struct stat *b)
{
	return (S_ISLNK(a->st_mode) || (a->st_mode & 07777) == (b->st_mode & 07777)) &&
	       a->st_uid == b->st_uid && a->st_gid == b->st_gid && a->st_mtime == b->st_mtime;
}

/* True where two files have the same state and attributes, but for what is in them. */
static bool are_alike(const struct restore *r, int fd, int other)
{
	const struct file_attributes *a, *b;
	struct arena arena = { 0 };
	struct stat st, st_other;
	bool are_equal = fstat(fd, &st) == 0 && fstat(other, &st_other) == 0 &&
			 is_state_alike(&st, &st_other) &&
			 file_attributes_read(fd, &arena, r->attributes.privileged, &a) == 0 &&
			 file_attributes_read(other, &arena, r->attributes.privileged, &b) == 0 &&
			 are_attributes_equal(a, b);

	arena_clear(&arena);
	return are_equal;
}

/* True where the file is as the file system would have it; problem: what that lacks. */
static bool is_as_made_here(const struct restore *r, int dir_fd, int fd,
	const struct disc_node *node, struct fail *problem)
{
	int made = restore_probe(r, dir_fd, node, problem);
	bool is_equal = made >= 0 && are_alike(r, fd, made);

	if (made >= 0)
		close(made);
	return is_equal;
}

/* A file, or a directory without what is in it. */
static bool has_equal_file(struct restore *r, int dir_fd, const char *name,
	const struct disc_node *node, const struct stat *st, struct fail *problem)
{
	int fd = beneath_open_name(dir_fd, name, O_RDONLY | O_NONBLOCK, 0);
	bool is_equal;

	if (fd < 0)
		return false;
	is_equal = ((has_equal_state(r, node, st) && has_equal_attributes(r, fd, node)) ||
			   is_as_made_here(r, dir_fd, fd, node, problem)) &&
		   (S_ISDIR(st->st_mode) || has_equal_bytes(r, fd, node));
	close(fd);
	if (!is_equal)
		*problem = (struct fail){ 0 };
	if (is_equal && S_ISREG(st->st_mode))
		r->n_equal += node->n_bytes;
	return is_equal;
}

static bool has_equal_special(const struct restore *r, int dir_fd, const char *name,
	const struct disc_node *node, const struct stat *st, struct fail *problem)
{
	struct stat st_made;
	bool is_equal;
	int made;

	if (S_ISLNK(st->st_mode) && !has_equal_target(dir_fd, name, node))
		return false;
	if ((S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) && st->st_rdev != node->device)
		return false;
	if (has_equal_state(r, node, st))
		return true;
	/* a link has no mode to be kept */
	made = restore_probe(r, dir_fd, node, S_ISLNK(st->st_mode) ? NULL : problem);
	is_equal = made >= 0 && fstat(made, &st_made) == 0 && is_state_alike(st, &st_made);
	if (made >= 0)
		close(made);
	if (!is_equal)
		*problem = (struct fail){ 0 };
	return is_equal;
}

bool equal_node_is_there(struct restore *r, int dir_fd, const char *name,
	const struct disc_node *node, struct fail *problem)
{
	struct stat st;

	if (node->is_hurt || fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) ||
		(st.st_mode & S_IFMT) != (node->mode & S_IFMT))
		return false;
	if (S_ISREG(st.st_mode))
		return (uint64_t)st.st_size == node->n_bytes &&
		       has_equal_file(r, dir_fd, name, node, &st, problem);
	if (S_ISDIR(st.st_mode))
		return has_equal_file(r, dir_fd, name, node, &st, problem);
	return has_equal_special(r, dir_fd, name, node, &st, problem);
}
