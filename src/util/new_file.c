/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/free_space.h"
#include "util/request_field.h"
#include "util/secret.h"
#include "util/signals.h"
#include "util/io.h"

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
	bool is_kept;            /* under that */
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

bool new_file_is_same(const char *a, const char *b)
{
	char places[2][PATH_MAX], folders[2][PATH_MAX], *names[2];

	if (resolve(a, places[0], NULL) || resolve(b, places[1], NULL) ||
		new_file_directory(a, folders[0]) || new_file_directory(b, folders[1]))
		return false;
	for (int i = 0; i < 2; i++) {
		char *slash = strrchr(places[i], '/');

		names[i] = slash ? slash + 1 : places[i];
	}
	return !strcmp(folders[0], folders[1]) && !strcmp(names[0], names[1]);
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
	return free_space_check(t->dir, t->path, 0, announced_bytes, f);
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

/* What the new file has from the one that it replaces. */
static int follow_old(struct new_file *t, struct fail *f)
{
	if (!t->exists)
		return 0;
	/* the owner is kept where we may */
	(void)!fchown(t->fd, t->old.st_uid, t->old.st_gid);
	if (!take_mode(t))
		return fail_errno(
			f, FAIL_FAILED, t->path, "can't be given the permissions of the old file");
	return 0;
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
	return follow_old(t, f);
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
	if (t->temp[0] && !t->is_kept)
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

/* Opens NAME.part. */
static int open_part(struct new_file *t, bool is_there, struct fail *f)
{
	int how = is_there ? 0 : O_CREAT | O_EXCL;
	char shown[PATH_MAX + 8];
	struct stat st;
	int n = snprintf(t->temp, sizeof t->temp, "%s.part", t->name);

	snprintf(shown, sizeof shown, "%s.part", t->path);
	t->is_kept = true;
	if (n >= (int)sizeof t->temp) {
		t->temp[0] = '\0';
		errno = ENAMETOOLONG;
		return fail_errno(f, FAIL_FAILED, shown, "can't be created");
	}
	t->fd = openat(
		t->dir, t->temp, O_RDWR | how | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, t->mode);
	if (t->fd < 0 && errno == EEXIST)
		return fail_set(f, FAIL_FAILED, shown, "already exists");
	if (t->fd < 0 || fstat(t->fd, &st))
		return fail_errno(
			f, FAIL_FAILED, shown, "can't be %s", is_there ? "opened" : "created");
	if (!S_ISREG(st.st_mode))
		return fail_set(f, FAIL_FAILED, shown, "is not a regular file");
	if (flock(t->fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		return fail_set(f, FAIL_FAILED, shown, "is being written by another process");
	return follow_old(t, f);
}

enum how { HOW_NEW, HOW_PART, HOW_PART_THERE };

static struct new_file *open_how(const char *path, bool replace, mode_t mode, enum how how,
	uint64_t announced_bytes, struct fail *f)
{
	struct new_file *t = calloc(1, sizeof *t);

	if (!t) {
		fail_memory(f);
		return NULL;
	}
	t->mode = mode;
	if (open_place(t, path, replace, announced_bytes, f) == 0 &&
		(how == HOW_NEW ? open_new(t, f) : open_part(t, how == HOW_PART_THERE, f)) == 0)
		return t;
	new_file_close(t);
	return NULL;
}

struct new_file *new_file_open(
	const char *path, bool replace, mode_t mode, uint64_t announced_bytes, struct fail *f)
{
	return open_how(path, replace, mode, HOW_NEW, announced_bytes, f);
}

struct new_file *new_file_open_part(const char *path, bool replace, mode_t mode, bool is_there,
	uint64_t announced_bytes, struct fail *f)
{
	return open_how(path, replace, mode, is_there ? HOW_PART_THERE : HOW_PART,
		is_there ? 0 : announced_bytes, f);
}

int new_file_descriptor(const struct new_file *n)
{
	return n->fd;
}

static int finish(struct new_file *n, struct fail *f)
{
	if (put_name(n, f))
		return -1;
	if (sync_directory(n, f)) {
		if (!n->replace && !n->is_kept)
			unlinkat(n->dir, n->name, 0);
		return -1;
	}
	return 0;
}

int new_file_commit(struct new_file *n, struct fail *f)
{
	if (fsync(n->fd))
		return fail_errno(f, FAIL_FAILED, n->path, "can't be flushed to the disk");
	if (signals_caught())
		return fail_set(f, FAIL_FAILED, "", "interrupted");
	return finish(n, f);
}

int new_file_put(struct new_file *n, struct fail *f)
{
	if (fsync(n->fd))
		return fail_errno(f, FAIL_FAILED, n->path, "can't be flushed to the disk");
	return finish(n, f);
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
