/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "util/request_field.h"
#include "util/secret.h"
#include "util/signals.h"
#include "util/size.h"
#include "util/io.h"

#ifndef FUSE_SUPER_MAGIC /* not in the headers before Linux 5.16 */
#define FUSE_SUPER_MAGIC 0x65735546
#endif

enum { MAX_LINKS = 40, TEMP_NAME_PART = 100, TEMP_TRIES = 100 };

struct new_file {
	const char *path; /* as the user named it: the object in messages */
	int dir;          /* descriptor (O_PATH) */
	char name[NAME_MAX + 1];
	bool replace;
	mode_t mode;
	bool exists;
	struct stat old;         /* where it exists */
	int fd;                  /* the new file */
	char temp[NAME_MAX + 1]; /* its name while it has one that isn't final, else "" */
};

/* What the kernel asks where fs.protected_symlinks is set (Linux: fs/namei.c, may_follow_link): in
 * a directory that all may write to, a link has to be ours or the directory's owner's. */
static bool may_follow(const char *link)
{
	const char *slash = strrchr(link, '/');
	char dir[PATH_MAX] = ".";
	struct stat at, above;

	if (slash)
		snprintf(dir, sizeof dir, "%.*s", (int)(slash - link + 1), link);
	if (lstat(link, &at) || stat(dir, &above))
		return false;
	if (!(above.st_mode & S_ISVTX) || !(above.st_mode & S_IWOTH))
		return true;
	return at.st_uid == geteuid() || at.st_uid == above.st_uid;
}

/* Follows links in path's last part, also to a target that does not exist. */
static int resolve(const char *path, char out[PATH_MAX], struct fail *f)
{
	char link[PATH_MAX];
	int n = snprintf(out, PATH_MAX, "%s", path);

	for (int i = 0; i < MAX_LINKS && n < PATH_MAX; i++) {
		ssize_t len = readlink(out, link, sizeof link - 1);
		char *slash = strrchr(out, '/');
		char *rest = slash ? slash + 1 : out;

		if (len < 0)
			return 0; /* no link, or nothing there; a true error comes again */
		if (!may_follow(out))
			return fail_set(f, FAIL_FAILED, path,
				"is another user's link in a directory that everyone may write to, "
				"and is not followed");
		link[len] = '\0';
		if (link[0] == '/')
			rest = out;
		n = (int)(rest - out) +
		    snprintf(rest, (size_t)(PATH_MAX - (rest - out)), "%s", link);
	}
	errno = n < PATH_MAX ? ELOOP : ENAMETOOLONG;
	return fail_errno(f, FAIL_FAILED, path, "can't be created");
}

int new_file_directory(const char *path, char out[PATH_MAX])
{
	char resolved[PATH_MAX], *slash;

	if (resolve(path, resolved, NULL))
		return -1;
	slash = strrchr(resolved, '/');
	if (slash)
		slash[1] = '\0';
	return realpath(slash ? resolved : ".", out) ? 0 : -1;
}

/* Splits the resolved path, and opens the directory. */
static int open_directory(struct new_file *t, char *resolved, struct fail *f)
{
	char *slash = strrchr(resolved, '/');
	const char *name = slash ? slash + 1 : resolved;
	const char *dir = !slash ? "." : slash == resolved ? "/" : resolved;

	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		errno = EISDIR;
		return fail_errno(f, FAIL_FAILED, t->path, "can't be created");
	}
	if (strlen(name) >= sizeof t->name) {
		errno = ENAMETOOLONG;
		return fail_errno(f, FAIL_FAILED, t->path, "can't be created");
	}
	memcpy(t->name, name, strlen(name) + 1);
	if (slash)
		*slash = '\0';
	t->dir = open(*dir ? dir : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (t->dir < 0)
		return fail_errno(
			f, FAIL_FAILED, t->path, "can't be created: its directory can't be opened");
	if (faccessat(t->dir, ".", W_OK | X_OK, AT_EACCESS))
		return fail_errno(f, FAIL_FAILED, t->path,
			"can't be created: its directory can't be written");
	return 0;
}

/* True where the directory lets the existing file be replaced, which would fail only at the very
 * end; else errno tells why. */
static bool is_replaceable(const struct new_file *t)
{
	uid_t me = geteuid();
	struct stat dir;

	/* an immutable file; one that is merely read-only is replaced all the same */
	if (faccessat(t->dir, t->name, W_OK, AT_EACCESS) && errno != EACCES)
		return false;
	if (fstat(t->dir, &dir))
		return false;
	errno = EPERM;
	return !(dir.st_mode & S_ISVTX) || me == 0 || me == dir.st_uid || me == t->old.st_uid;
}

/* Looks at what is there under the name. */
static int check_existing(struct new_file *t, struct fail *f)
{
	if (fstatat(t->dir, t->name, &t->old, AT_SYMLINK_NOFOLLOW)) {
		if (errno == ENOENT)
			return 0;
		return fail_errno(f, FAIL_FAILED, t->path, "can't be created");
	}
	t->exists = true;
	if (S_ISDIR(t->old.st_mode))
		return fail_set(f, FAIL_FAILED, t->path, "is a directory");
	if (!S_ISREG(t->old.st_mode))
		return fail_set(f, FAIL_FAILED, t->path, "exists and is not a regular file");
	if (!t->replace) {
		fail_set(f, FAIL_FAILED, t->path, "already exists");
		return fail_field(f, REQUEST_REPLACE);
	}
	if (!is_replaceable(t))
		return fail_errno(f, FAIL_FAILED, t->path, "can't be replaced");
	return 0;
}

/* True where numbers of free blocks say little about how much fits: compression, or a limit that
 * only the file system knows. */
static bool has_elastic_space(const struct statfs *s)
{
	const uint32_t zfs = 0x2fc12fc1, bcachefs = 0xca451a4e;
	uint32_t type = (uint32_t)s->f_type; /* signed, and of 32 or 64 bits */

	return s->f_blocks == 0 || type == BTRFS_SUPER_MAGIC || type == F2FS_SUPER_MAGIC ||
	       type == FUSE_SUPER_MAGIC || type == zfs || type == bcachefs;
}

int new_file_check_space(
	int fd, const char *path, uint64_t has_bytes, uint64_t end_bytes, struct fail *f)
{
	const uint64_t fat_max = UINT32_MAX; /* 4 GiB - 1 */
	uint64_t more = end_bytes > has_bytes ? end_bytes - has_bytes : 0, n_free;
	char needs[64], has[64];
	struct statfs s;

	if (more == 0 || fstatfs(fd, &s))
		return 0;
	if (s.f_type == MSDOS_SUPER_MAGIC && end_bytes > fat_max) {
		fail_set(f, FAIL_FAILED, path,
			"needs %s, but a file on FAT must be smaller than 4 GiB",
			size_format(needs, sizeof needs, end_bytes));
		return -1;
	}
	n_free = (uint64_t)s.f_bsize * (uint64_t)(geteuid() == 0 ? s.f_bfree : s.f_bavail);
	if (has_elastic_space(&s) || more <= n_free)
		return 0;
	errno = ENOSPC;
	return fail_errno(f, FAIL_FAILED, path, "needs %s, but its file system has only %s left",
		size_format(needs, sizeof needs, more), size_format(has, sizeof has, n_free));
}

/* Finds out where path is; the caller closes *t in any case. */
static int open_place(struct new_file *t, const char *path, bool replace, uint64_t announced_bytes,
	struct fail *f)
{
	char resolved[PATH_MAX];

	t->path = path;
	t->dir = -1;
	t->fd = -1;
	t->replace = replace;
	if (resolve(path, resolved, f) || open_directory(t, resolved, f) || check_existing(t, f))
		return -1;
	return new_file_check_space(t->dir, t->path, 0, announced_bytes, f);
}

/* A new temporary name into t->temp. */
static void choose_temp(struct new_file *t)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
	unsigned char random[6];
	size_t n = strlen(t->name), at;

	if (n > TEMP_NAME_PART)
		n = TEMP_NAME_PART;
	/* not in the middle of a UTF-8 character, which some file systems refuse */
	while (n > 0 && ((unsigned char)t->name[n] & 0xc0) == 0x80)
		n--;
	at = (size_t)snprintf(t->temp, sizeof t->temp, ".%.*s.xburncrypt-", (int)n, t->name);
	secret_random(random, sizeof random);
	for (size_t i = 0; i < sizeof random; i++)
		t->temp[at++] = letters[random[i] % 32];
	t->temp[at] = '\0';
}

/* Creates the file under a temporary name, or (link_fd) gives the finished one such a name. */
static int create_temp(struct new_file *t, bool link_fd)
{
	char proc[32];

	snprintf(proc, sizeof proc, "/proc/self/fd/%d", t->fd);
	for (int i = 0; i < TEMP_TRIES; i++) {
		int r;

		choose_temp(t);
		if (link_fd)
			r = linkat(AT_FDCWD, proc, t->dir, t->temp, AT_SYMLINK_FOLLOW);
		else
			r = t->fd = openat(t->dir, t->temp,
				O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, t->mode);
		if (r >= 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	t->temp[0] = '\0';
	return -1;
}

/* The new file gets the old one's mode, or, on a file system that has none to set (FAT, some of
 * FUSE), one that lets nobody else in. */
static bool take_mode(const struct new_file *t)
{
	mode_t mode = t->old.st_mode & 0777;
	struct stat now;

	if (fstat(t->fd, &now))
		return false;
	if ((now.st_mode & 0777) == mode || fchmod(t->fd, mode) == 0)
		return true;
	return (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS) &&
	       !(now.st_mode & 0777 & ~mode);
}

static int open_new(struct new_file *t, struct fail *f)
{
	char proc[32];

	t->fd = openat(t->dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, t->mode);
	snprintf(proc, sizeof proc, "/proc/self/fd/%d", t->fd);
	if (t->fd >= 0 && access(proc, F_OK)) {
		/* no /proc: it could never get a name */
		close(t->fd);
		t->fd = -1;
	}
	if (t->fd < 0 && create_temp(t, false))
		return fail_errno(f, FAIL_FAILED, t->path, "can't be created");
	if (!t->exists)
		return 0;
	/* the owner is kept where we may */
	(void)!fchown(t->fd, t->old.st_uid, t->old.st_gid);
	if (!take_mode(t))
		return fail_errno(
			f, FAIL_FAILED, t->path, "can't be given the permissions of the old file");
	return 0;
}

/* Renames without overwriting. */
static int rename_new(struct new_file *t)
{
	int fd;

	if (renameat2(t->dir, t->temp, t->dir, t->name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	/* NFS and others don't know the flag */
	if (linkat(t->dir, t->temp, t->dir, t->name, 0) == 0)
		return unlinkat(t->dir, t->temp, 0);
	if (errno == EEXIST)
		return -1;
	/* nor links: the name is claimed first */
	fd = openat(t->dir, t->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, t->mode);
	if (fd < 0)
		return -1;
	close(fd);
	return renameat(t->dir, t->temp, t->dir, t->name);
}

/* Gives the whole file its final name. */
static int put_name(struct new_file *t, struct fail *f)
{
	char proc[32];
	int r;

	snprintf(proc, sizeof proc, "/proc/self/fd/%d", t->fd);
	if (t->replace)
		r = (t->temp[0] ? 0 : create_temp(t, true)) ||
		    renameat(t->dir, t->temp, t->dir, t->name);
	else if (t->temp[0])
		r = rename_new(t);
	else
		r = linkat(AT_FDCWD, proc, t->dir, t->name, AT_SYMLINK_FOLLOW);
	if (r == 0) {
		t->temp[0] = '\0';
		return 0;
	}
	if (errno == EEXIST)
		return fail_set(f, FAIL_FAILED, t->path,
			"was created by another program in the meantime and was not overwritten");
	return fail_errno(f, FAIL_FAILED, t->path, "can't be moved into place");
}

/* Brings the directory's entry to the disk. */
static int sync_directory(const struct new_file *t, struct fail *f)
{
	int fd = openat(t->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* a directory that may not be read: the whole file system then */
	int r = fd < 0 ? syncfs(t->fd) : fsync(fd);

	/* some file systems have nothing to bring */
	if (r && errno == EINVAL)
		r = 0;
	if (r)
		fail_errno(f, FAIL_FAILED, t->path, "its directory can't be flushed to the disk");
	if (fd >= 0)
		close(fd);
	return r ? -1 : 0;
}

static void close_place(struct new_file *t)
{
	if (t->temp[0])
		unlinkat(t->dir, t->temp, 0);
	if (t->fd >= 0)
		close(t->fd);
	if (t->dir >= 0)
		close(t->dir);
}

int new_file_check(const char *path, bool replace, uint64_t announced_bytes, struct fail *f)
{
	struct new_file t = { 0 };
	int result = open_place(&t, path, replace, announced_bytes, f);

	close_place(&t);
	return result;
}

struct new_file *new_file_open(
	const char *path, bool replace, mode_t mode, uint64_t announced_bytes, struct fail *f)
{
	struct new_file *t = calloc(1, sizeof *t);

	if (!t) {
		fail_memory(f);
		return NULL;
	}
	t->mode = mode;
	if (open_place(t, path, replace, announced_bytes, f) == 0 && open_new(t, f) == 0)
		return t;
	new_file_close(t);
	return NULL;
}

int new_file_descriptor(const struct new_file *n)
{
	return n->fd;
}

int new_file_commit(struct new_file *n, struct fail *f)
{
	if (fsync(n->fd))
		return fail_errno(f, FAIL_FAILED, n->path, "can't be flushed to the disk");
	if (signals_caught())
		return fail_set(f, FAIL_FAILED, "", "interrupted");
	if (put_name(n, f))
		return -1;
	if (sync_directory(n, f)) {
		if (!n->replace)
			unlinkat(n->dir, n->name, 0);
		return -1;
	}
	return 0;
}

void new_file_close(struct new_file *n)
{
	if (!n)
		return;
	close_place(n);
	free(n);
}

int new_file_write(const char *path, const void *bytes, size_t n, struct fail *f)
{
	struct new_file *file = new_file_open(path, false, 0600, n, f);
	int result = -1;

	if (!file)
		return -1;
	if (io_write_full(new_file_descriptor(file), bytes, n))
		fail_errno(f, FAIL_FAILED, path, "can't be written");
	else
		result = new_file_commit(file, f);
	new_file_close(file);
	return result;
}
