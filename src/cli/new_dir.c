/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/new_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child becomes: a byte keeps the directory, an end doesn't. Signals that are caught are
 * for its parent. */
static void become_keeper(const char *path, int end, struct secret *secret)
{
	char byte;
	ssize_t n;

	secret_free(secret);
	while ((n = read(end, &byte, 1)) < 0 && errno == EINTR)
		continue;
	if (n == 0)
		rmdir(path);
	_exit(0);
}

/* Where there can be none, an empty directory stays. */
static void start_keeper(struct new_dir *d, const char *path, struct secret *secret)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
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
