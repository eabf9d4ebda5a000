/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disc/beneath.h"
#include "disc/other_name.h"
#include "util/io.h"
#include "util/sector.h"
#include "util/signals.h"

enum {
	/* zeros of this length and place become holes */
	HOLE_BYTES = 64 * 1024,
	NAME_TRIES = 100,
	TEMPORARY_MAX = 40,
};

static bool replaces(const struct restore *r)
{
	return r->force && r->was_there;
}

static bool is_portable(const char *name)
{
	char portable[OTHER_NAME_BYTES];

	other_name_make_portable(portable, name);
	return strcmp(name, portable) == 0;
}

/* True where errno says that the file system does not take the name; some of FUSE say that by
 * ENOENT, which also a directory that was removed does. */
static bool is_unnameable(const char *name)
{
	return errno == EINVAL || errno == ENAMETOOLONG || errno == EILSEQ ||
	       (errno == ENOENT && !is_portable(name));
}

/* A name can't be made, in errno. */
static enum restore_result problem_name(
	const struct restore *r, const char *name, struct fail *problem, const char *what)
{
	if (errno == EEXIST && r->was_there)
		return restore_result_text(
			problem, RESTORE_TAKEN, "already exists; -force replaces it");
	if (errno == EEXIST)
		return restore_result_text(problem, RESTORE_TAKEN,
			"the file system has another file under this name, perhaps in other "
			"letters; -rename extracts both");
	if (errno == EISDIR)
		return restore_result_text(problem, RESTORE_TAKEN, "already exists as a directory");
	if (is_unnameable(name))
		return restore_result_errno(problem, RESTORE_UNNAMEABLE,
			"the file system does not take this name (-rename changes it)");
	return restore_result_errno(problem, RESTORE_LEFT, what);
}

/* A name that is used for a moment only. */
static void make_temporary(char name[TEMPORARY_MAX])
{
	static unsigned counter;

	snprintf(name, TEMPORARY_MAX, ".xburncrypt-%ld-%u", (long)getpid(), counter++);
}

static bool is_zero(const uint8_t *bytes, size_t n)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, n - 1) == 0;
}

/* Writes n bytes at offset, but for zeros, which a new file has anyway. 0 or -1. */
static int write_bytes(int fd, const uint8_t *bytes, size_t n, uint64_t offset)
{
	while (n) {
		size_t run = n < HOLE_BYTES ? n : HOLE_BYTES;
		size_t put = 0;

		/* longer runs make fewer calls */
		while (run < n &&
			!is_zero(bytes + run, n - run < HOLE_BYTES ? n - run : HOLE_BYTES))
			run += n - run < HOLE_BYTES ? n - run : HOLE_BYTES;
		if (is_zero(bytes, run < HOLE_BYTES ? run : HOLE_BYTES) && run >= HOLE_BYTES)
			put = HOLE_BYTES;
		if (io_pwrite_full(fd, bytes + put, run - put, offset + put))
			return -1;
		bytes += run;
		offset += run;
		n -= run;
	}
	return 0;
}

/* Reads n bytes into the buffer, block by block where they can't be read at once; what can't be is
 * zeros. Returns how many bytes can't. */
static uint64_t read_bytes(
	struct restore *r, const struct disc_node *node, uint64_t offset, size_t n)
{
	uint64_t n_bad = 0;
	size_t got;

	if (disc_files_read(r->files, node, offset, n, r->buf, &got, NULL) == 0 && got == n)
		return 0;
	for (size_t at = 0, step; at < n && !signals_caught(); at += step) {
		/* up to the next border of a block */
		step = BLOCK_BYTES - (size_t)((offset + at) % BLOCK_BYTES);
		step = step < n - at ? step : n - at;
		if (disc_files_read(r->files, node, offset + at, step, r->buf + at, &got, NULL) ==
				0 &&
			got == step)
			continue;
		memset(r->buf + at, 0, step);
		n_bad += step;
	}
	return n_bad;
}

void restore_tell_progress(const struct restore *r, uint64_t n_compared)
{
	progress_tick(&r->watch, "extracting", r->n_bytes + r->n_equal + n_compared, r->n_total);
}

static uint64_t count_there(const struct restore *r, const struct disc_node *node)
{
	return disc_node_bytes_there(node, disc_files_n_blocks_there(r->files));
}

static enum restore_result copy_contents(
	struct restore *r, int fd, const struct disc_node *node, struct fail *problem)
{
	uint64_t n_there = count_there(r, node), n_bad = node->n_bytes - n_there;
	uint64_t weight = disc_node_weight(node);

	r->weight += weight < n_there ? weight : n_there;
	for (uint64_t at = 0; at < n_there;) {
		size_t n = n_there - at < RESTORE_BUFFER ? (size_t)(n_there - at) : RESTORE_BUFFER;

		n_bad += read_bytes(r, node, at, n);
		if (signals_caught())
			return restore_result_text(problem, RESTORE_END, "interrupted");
		if (write_bytes(fd, r->buf, n, at))
			return restore_result_errno(problem, RESTORE_LEFT, "can't be written");
		at += n;
		r->n_bytes += n;
		restore_tell_progress(r, 0);
	}
	if (node->n_bytes && ftruncate(fd, (off_t)node->n_bytes))
		return restore_result_errno(problem, RESTORE_LEFT, "can't be written");
	if (n_bad == 0)
		return RESTORE_DONE;
	fail_set(problem, FAIL_INCOMPLETE, "",
		"%llu of its %llu bytes can't be read and were filled with zeros",
		(unsigned long long)n_bad, (unsigned long long)node->n_bytes);
	return RESTORE_HURT;
}

/* Renames without replacing anything. */
static int rename_new(int dir_fd, const char *temporary, const char *name)
{
	int fd;

	if (renameat2(dir_fd, temporary, dir_fd, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL)
		return -1;
	/* a file system that can't, or does not take the name */
	if (linkat(dir_fd, temporary, dir_fd, name, 0) == 0)
		return unlinkat(dir_fd, temporary, 0);
	if (errno == EEXIST)
		return -1;
	/* nor links: the name is claimed first */
	fd = beneath_open_name(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return -1;
	close(fd);
	if (renameat(dir_fd, temporary, dir_fd, name) == 0)
		return 0;
	unlinkat(dir_fd, name, 0);
	return -1;
}

/* Gives what is at temporary its name. */
static enum restore_result rename_to(struct restore *r, int dir_fd, const char *temporary,
	const char *name, struct fail *problem)
{
	int ret = replaces(r) ? renameat(dir_fd, temporary, dir_fd, name)
			      : rename_new(dir_fd, temporary, name);

	if (ret == 0)
		return RESTORE_DONE;
	return problem_name(r, name, problem, "can't be created");
}

/* Writes an open file that has a name, which is taken away where it is of no use. */
static enum restore_result fill_file(struct restore *r, int fd, int dir_fd, const char *name,
	const struct disc_node *node, struct fail *problem)
{
	enum restore_result result = copy_contents(r, fd, node, problem);

	if (result <= RESTORE_HURT)
		result = restore_result_worse(
			result, restore_attributes_set(&r->attributes, fd, node, problem));
	if (close(fd) && result <= RESTORE_HURT)
		result = restore_result_errno(problem, RESTORE_LEFT, "can't be written");
	if (result > RESTORE_HURT)
		unlinkat(dir_fd, name, 0);
	return result;
}

/* Opens a new file under a name for the moment. -1 with errno. */
static int open_temporary(int dir_fd, char name[TEMPORARY_MAX])
{
	int fd = -1;

	for (int i = 0; i < NAME_TRIES && fd < 0; i++) {
		make_temporary(name);
		fd = beneath_open_name(dir_fd, name, O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	return fd;
}

int restore_probe(
	const struct restore *r, int dir_fd, const struct disc_node *node, struct fail *problem)
{
	struct restore_attributes attributes = r->attributes;
	char temporary[TEMPORARY_MAX];
	int fd = open_temporary(dir_fd, temporary);

	if (fd < 0)
		return -1;
	restore_attributes_set(&attributes, fd, node, problem);
	unlinkat(dir_fd, temporary, 0);
	return fd;
}

/* Whether the file system takes the name: before all is written for nothing. */
static int try_name(int dir_fd, const char *name)
{
	int fd = beneath_open_name(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL, 0600);

	if (fd < 0)
		return -1;
	close(fd);
	return unlinkat(dir_fd, name, 0);
}

/* Writes it under a name for the moment, and renames it. */
static enum restore_result restore_by_renaming(struct restore *r, int dir_fd, const char *name,
	const struct disc_node *node, struct fail *problem)
{
	char temporary[TEMPORARY_MAX];
	enum restore_result result, renamed;
	struct stat st;
	int fd;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		(!replaces(r) || S_ISDIR(st.st_mode))) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EEXIST;
		return problem_name(r, name, problem, "can't be created");
	}
	if (!replaces(r) && !is_portable(name) && try_name(dir_fd, name))
		return problem_name(r, name, problem, "can't be created");
	fd = open_temporary(dir_fd, temporary);
	if (fd < 0)
		return restore_result_errno(problem, RESTORE_LEFT, "can't be created");
	result = fill_file(r, fd, dir_fd, temporary, node, problem);
	if (result > RESTORE_HURT)
		return result;
	renamed = rename_to(r, dir_fd, temporary, name, problem);
	if (renamed != RESTORE_DONE)
		unlinkat(dir_fd, temporary, 0);
	return restore_result_worse(result, renamed);
}

static enum restore_result restore_regular(struct restore *r, int dir_fd, const char *name,
	const struct disc_node *node, struct fail *problem)
{
	int fd;

	if (node->n_bytes && count_there(r, node) == 0)
		return restore_result_text(
			problem, RESTORE_LEFT, "lies beyond the end of the medium");
	if (node->n_bytes > RESTORE_SMALL)
		return restore_by_renaming(r, dir_fd, name, node, problem);
	fd = beneath_open_name(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd >= 0)
		return fill_file(r, fd, dir_fd, name, node, problem);
	if (errno == EEXIST && replaces(r))
		return restore_by_renaming(r, dir_fd, name, node, problem);
	return problem_name(r, name, problem, "can't be created");
}

/* A link, FIFO or device node, which has all at once but its owner and times. */
static int make_special(int dir_fd, const char *name, const struct disc_node *node, mode_t mode)
{
	if (S_ISLNK(node->mode))
		return symlinkat(node->target, dir_fd, name);
	if (mknodat(dir_fd, name, (node->mode & S_IFMT) | mode, node->device) == 0)
		return 0;
	/* a file system of FUSE that makes a regular file of it */
	if (errno == EIO) {
		unlinkat(dir_fd, name, 0);
		errno = EOPNOTSUPP;
	}
	return -1;
}

static enum restore_result restore_special(struct restore *r, int dir_fd, const char *name,
	const struct disc_node *node, struct fail *problem)
{
	mode_t mode = S_ISLNK(node->mode) ? 0 : restore_attributes_take_mode(&r->attributes, node);
	enum restore_result result = RESTORE_DONE, renamed;
	char temporary[TEMPORARY_MAX];
	struct timespec times[2];
	struct stat st;
	const char *at = name;

	if (make_special(dir_fd, at, node, mode)) {
		if (errno != EEXIST || !replaces(r))
			return problem_name(r, name, problem, "can't be created");
		make_temporary(temporary);
		at = temporary;
		if (make_special(dir_fd, at, node, mode))
			return restore_result_errno(problem, RESTORE_LEFT, "can't be created");
	}
	restore_attributes_times(node, times);
	if (geteuid() == 0 && fchownat(dir_fd, at, node->uid, node->gid, AT_SYMLINK_NOFOLLOW))
		result = restore_result_errno(problem, RESTORE_HURT, "its owner can't be set");
	if (utimensat(dir_fd, at, times, AT_SYMLINK_NOFOLLOW))
		result = restore_result_worse(result,
			restore_result_errno(problem, RESTORE_HURT, "its times can't be set"));
	if (result == RESTORE_DONE && fstatat(dir_fd, at, &st, AT_SYMLINK_NOFOLLOW) == 0)
		result = restore_attributes_check(&r->attributes, &st, node, problem);
	if (at == name)
		return result;
	renamed = rename_to(r, dir_fd, at, name, problem);
	if (renamed != RESTORE_DONE)
		unlinkat(dir_fd, at, 0);
	return restore_result_worse(result, renamed);
}

enum restore_result restore_node(struct restore *r, int dir_fd, const char *name,
	const struct disc_node *node, struct fail *problem)
{
	switch (node->mode & S_IFMT) {
	case S_IFREG:
		return restore_regular(r, dir_fd, name, node, problem);
	case S_IFLNK:
		if (!node->target)
			return restore_result_text(
				problem, RESTORE_LEFT, "has a damaged link target");
		return restore_special(r, dir_fd, name, node, problem);
	case S_IFIFO:
		return restore_special(r, dir_fd, name, node, problem);
	case S_IFCHR:
	case S_IFBLK:
		if (!r->attributes.privileged)
			return restore_result_text(
				problem, RESTORE_LEFT, "is a device node; -privileged extracts it");
		return restore_special(r, dir_fd, name, node, problem);
	default:
		return restore_result_text(
			problem, RESTORE_LEFT, "is a socket and can't be extracted");
	}
}

bool restore_can_link(int dir_fd, const char *name)
{
	char temporary[TEMPORARY_MAX];

	make_temporary(temporary);
	if (linkat(dir_fd, name, dir_fd, temporary, 0))
		return errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS;
	unlinkat(dir_fd, temporary, 0);
	return true;
}

enum restore_result restore_link(struct restore *r, int from_fd, const char *from, int dir_fd,
	const char *name, struct fail *problem)
{
	char temporary[TEMPORARY_MAX];
	enum restore_result result;

	if (linkat(from_fd, from, dir_fd, name, 0) == 0)
		return RESTORE_DONE;
	if (errno != EEXIST || !replaces(r))
		return problem_name(r, name, problem, "can't be linked");
	make_temporary(temporary);
	if (linkat(from_fd, from, dir_fd, temporary, 0))
		return restore_result_errno(problem, RESTORE_LEFT, "can't be linked");
	result = rename_to(r, dir_fd, temporary, name, problem);
	/* names of one file are not renamed to each other, but both stay */
	unlinkat(dir_fd, temporary, 0);
	return result;
}

enum restore_result restore_directory(
	const struct restore *r, int dir_fd, const char *name, bool *is_new, struct fail *problem)
{
	struct stat st;

	*is_new = mkdirat(dir_fd, name, 0700) == 0;
	if (*is_new)
		return RESTORE_DONE;
	if (errno != EEXIST)
		return problem_name(r, name, problem, "the directory can't be created");
	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
		return RESTORE_DONE;
	if (r->was_there)
		return restore_result_text(
			problem, RESTORE_TAKEN, "already exists, but not as a directory");
	errno = EEXIST;
	return problem_name(r, name, problem, "");
}
