/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/new_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Gives the directory at path another name, if it is free. 0 or an errno. */
static int rename_free(const char *path, const char *name)
{
	int error;

	/* a directory may replace an empty one, which only this can make */
	if (mkdir(name, 0700))
		return errno;
	if (rename(path, name) == 0)
		return 0;
	error = errno;
	rmdir(name);
	return error;
}

/* What the child becomes: a name is given to the directory, and answered by an errno; "" keeps it;
 * an end doesn't. Signals that are caught are for its parent. */
static void become_keeper(const char *path, int end, struct secret *secret)
{
	char name[NEW_DIR_NAME_BYTES] = "";
	ssize_t n;

	secret_free(secret);
	while ((n = read(end, name, sizeof name)) > 1 || (n < 0 && errno == EINTR)) {
		int error;

		if (n < 0)
			continue;
		error = rename_free(path, name);
		if (error == 0)
			path = name;
		if (write(end, &error, sizeof error) < 0)
			break;
	}
	if (n == 0)
		rmdir(path);
	_exit(0);
}

/* Where there can be none, an empty directory stays. */
static void start_keeper(struct new_dir *d, const char *path, struct secret *secret)
{
	int ends[2];
	pid_t pid;

	/* packets: each is read whole */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return;
	pid = fork();
	if (pid == 0) {
		close(ends[1]);
		become_keeper(path, ends[0], secret);
	}
	close(ends[0]);
	if (pid < 0) {
		close(ends[1]);
		return;
	}
	d->keeper = pid;
	d->end = ends[1];
}

int new_dir_make_unnamed(struct new_dir *d, struct secret *secret, struct fail *f)
{
	*d = (struct new_dir){ .name = "xburncrypt-XXXXXX" };
	/* mkdtemp's mode is for its owner alone: made again, it is as any other directory here */
	if (!mkdtemp(d->name) || rmdir(d->name) || mkdir(d->name, 0777))
		return fail_errno(
			f, FAIL_FAILED, "", "no directory can be created in the working directory");
	d->is_new = true;
	start_keeper(d, d->name, secret);
	return 0;
}

int new_dir_name(struct new_dir *d, const char *name, struct fail *f)
{
	int error = EPIPE;

	if (d->keeper && write(d->end, name, strlen(name) + 1) > 0 &&
		read(d->end, &error, sizeof error) < 0)
		error = errno;
	if (error == 0) {
		snprintf(d->name, sizeof d->name, "%s", name);
		return 0;
	}
	errno = error;
	fail_errno(f, error == EEXIST ? FAIL_USAGE : FAIL_FAILED, name,
		"the directory can't be created");
	fail_hint(f, "name another with -to");
	return -1;
}

int new_dir_make(struct new_dir *d, const char *path, struct secret *secret, struct fail *f)
{
	struct stat st;

	*d = (struct new_dir){ .is_new = mkdir(path, 0777) == 0 };
	if (d->is_new) {
		start_keeper(d, path, secret);
		return 0;
	}
	if (errno != EEXIST)
		return fail_errno(f, FAIL_FAILED, path, "the directory can't be created");
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return fail_set(f, FAIL_USAGE, path, "is not a directory");
}

void new_dir_close(struct new_dir *d, bool keep)
{
	if (!d->keeper)
		return;
	/* one that has died takes nothing away */
	if (keep)
		(void)!write(d->end, "", 1);
	close(d->end);
	while (waitpid(d->keeper, NULL, 0) < 0 && errno == EINTR)
		continue;
}
