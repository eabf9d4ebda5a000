/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/gpg_key.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/key_file.h"
#include "util/signals.h"

/* What the child becomes; 127 where gpg can't be started. */
static void become_gpg(const char *path, int out)
{
	static const int ignored[] = { SIGPIPE, SIGXFSZ };

	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		signal(ignored[i], SIG_DFL);
	if (dup2(out, STDOUT_FILENO) >= 0)
		execlp("gpg", "gpg", "--quiet", "--decrypt", "--", path, (char *)NULL);
	_exit(127);
}

/* How the child ended. 0, or -1 with f filled. */
static int wait_for(pid_t pid, const char *path, struct fail *f)
{
	int status;

	bool was_told = false;

	for (;;) {
		/* nobody may sit at the pinentry */
		if (signals_caught() && !was_told)
			was_told = kill(pid, SIGTERM) == 0;
		if (waitpid(pid, &status, 0) == pid)
			break;
		if (errno != EINTR)
			return fail_errno(f, FAIL_FAILED, path, "can't wait for gpg");
	}
	if (signals_caught())
		return fail_set(f, FAIL_FAILED, path, "interrupted while gpg was decrypting it");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
		fail_set(f, FAIL_FAILED, path, "can't start gpg");
		fail_hint(f, "install gpg, or decrypt the key file yourself and pipe it in");
		return -1;
	}
	return fail_set(f, FAIL_FAILED, path, "gpg could not decrypt it");
}

struct secret *gpg_key_read(const char *path, struct fail *f)
{
	struct secret *s = NULL;
	struct fail unread = { 0 };
	int ends[2];
	pid_t pid;

	if (access(path, R_OK)) {
		fail_errno(f, FAIL_FAILED, path, "can't be opened");
		return NULL;
	}
	if (pipe2(ends, O_CLOEXEC)) {
		fail_errno(f, FAIL_FAILED, path, "can't make a pipe to gpg");
		return NULL;
	}
	pid = fork();
	if (pid == 0)
		become_gpg(path, ends[1]);
	close(ends[1]);
	if (pid < 0)
		fail_errno(f, FAIL_FAILED, path, "can't start gpg");
	else
		s = key_file_read_fd(ends[0], NULL, &unread);
	close(ends[0]);
	/* gpg's word counts first: what was read may be cut short because of it */
	if (pid < 0 || wait_for(pid, path, f) || !s) {
		if (fail_is_set(&unread))
			fail_set(f, unread.code, path, "%s", unread.what);
		secret_free(s);
		return NULL;
	}
	return s;
}
