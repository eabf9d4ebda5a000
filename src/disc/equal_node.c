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

/* All that stat tells. */
static bool has_equal_state(
	const struct restore *r, const struct disc_node *node, const struct stat *st)
{
	if ((st->st_mode & S_IFMT) != (node->mode & S_IFMT) || st->st_mtime != node->mtime)
		return false;
	if (geteuid() == 0 && (st->st_uid != node->uid || st->st_gid != node->gid))
		return false;
	if (S_ISLNK(st->st_mode))
		return true;
	if ((st->st_mode & 07777) != restore_attributes_mode(&r->attributes, node))
		return false;
	if (S_ISREG(st->st_mode))
		return (uint64_t)st->st_size == node->n_bytes;
	return !(S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) || st->st_rdev == node->device;
}

bool equal_node_is_there(
	struct restore *r, int dir_fd, const char *name, const struct disc_node *node)
{
	struct stat st;
	bool is_equal;
	int fd;

	if (node->is_hurt || fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) ||
		!has_equal_state(r, node, &st))
		return false;
	if (S_ISLNK(st.st_mode))
		return has_equal_target(dir_fd, name, node);
	if (!S_ISREG(st.st_mode))
		return true;
	fd = beneath_open_name(dir_fd, name, O_RDONLY | O_NONBLOCK, 0);
	if (fd < 0)
		return false;
	is_equal = has_equal_bytes(r, fd, node) && has_equal_attributes(r, fd, node);
	close(fd);
	r->n_equal += is_equal ? node->n_bytes : 0;
	return is_equal;
}
