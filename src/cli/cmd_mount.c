/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs mount and unmount.
 *
 * Two processes: one reads the disc and answers the kernel, in the sandbox; the other, which never
 * sees a byte of the disc, mounts and unmounts, as that executes fusermount3. The directory is
 * mounted when the disc is open, not before.
 */
#include "cli/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mount/mount_point.h"
#include "mount/mount_server.h"
#include "cli/files_input.h"
#include "cli/print.h"
#include "util/pass_fd.h"
#include "util/signals.h"

enum { UNMOUNT_WAIT_S = 30 };

struct mounting {
	struct options *options;
	const char *dir;
	bool is_background;
	int null;    /* /dev/null */
	int ends[2]; /* between the two: the mounter's, the server's */
	pid_t server;
};

static int check_operands(struct mounting *m, struct fail *f)
{
	const struct options *o = m->options;

	if (o->operands.n != 2)
		return fail_set(f, FAIL_USAGE, "", "name a drive or image, and a directory");
	m->dir = o->operands.items[1];
	m->is_background = !options_has(o, OPTION_FOREGROUND);
	return mount_point_check(m->dir, f);
}

/* Lets go of the terminal. */
static void leave_terminal(const struct mounting *m)
{
	setsid();
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		dup2(m->null, fd);
}

/* Memory locks are not inherited: a secret of the command line gets a locked copy. */
static int keep_secret(struct options *o, struct fail *f)
{
	struct secret *copy;

	if (!o->argument_secret)
		return 0;
	copy = secret_copy(secret_view(o->argument_secret), secret_size(o->argument_secret), f);
	secret_free(o->argument_secret);
	o->argument_secret = copy;
	return copy ? 0 : -1;
}

/* In a process that has no need of it: it would stay there, unlocked, as long as the disc is
 * mounted. */
static void forget_secret(struct options *o)
{
	secret_free(o->argument_secret);
	o->argument_secret = NULL;
}

/* The server: opens the disc, gets the mount point, answers. */
static int serve(struct mounting *m, struct fail *f)
{
	struct files_input in;
	struct fail untold = { 0 }; /* the mounter tells why it hands over nothing */
	char is_open = 1;
	int fd, result = -1;

	close(m->ends[0]);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (keep_secret(m->options, f) || files_input_open(&in, m->options, NULL, f))
		return -1;
	if (send(m->ends[1], &is_open, 1, MSG_NOSIGNAL) == 1 &&
		(fd = pass_fd_receive(m->ends[1], &untold)) >= 0) {
		if (m->is_background)
			leave_terminal(m);
		/* not before: the terminal may close as soon as the caller has ended */
		send(m->ends[1], &is_open, 1, MSG_NOSIGNAL);
		result = mount_server_run(in.files, fd, f);
	}
	files_input_close(&in);
	return result;
}

/* The server's exit status; a signal that was caught is passed on to it. */
static int wait_for_server(const struct mounting *m, struct fail *f)
{
	bool was_told = false;
	int status;

	while (waitpid(m->server, &status, 0) < 0) {
		if (errno != EINTR)
			return fail_errno(f, FAIL_FAILED, "", "the reader can't be waited for");
		if (signals_caught() && !was_told)
			kill(m->server, signals_caught());
		was_told = signals_caught();
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	if (!signals_caught())
		fail_set(f, FAIL_FAILED, m->dir, "the process that reads the disc was killed");
	return FAIL_FAILED;
}

/* The server says that it has come one step further; false where it ends instead. */
static bool hear(struct mounting *m)
{
	char is_there = 0;

	while (recv(m->ends[0], &is_there, 1, 0) < 0 && errno == EINTR)
		if (signals_caught())
			kill(m->server, signals_caught());
	return is_there;
}

/* The mounter, once the server says that the disc is open. mounted is called when it answers for
 * itself; NULL: nobody asks. Returns the server's status. */
static int mount_for_server(struct mounting *m, void (*mounted)(void *), void *ctx, struct fail *f)
{
	struct mount_point *point = NULL;
	bool is_open;
	int status;

	close(m->ends[1]);
	m->ends[1] = -1;
	is_open = hear(m);
	if (is_open && (point = mount_point_new(m->dir, f)) &&
		pass_fd_send(m->ends[0], mount_point_fd(point), f) == 0 && hear(m) && mounted)
		mounted(ctx);
	close(m->ends[0]);
	m->ends[0] = -1;
	if (is_open && !point)
		kill(m->server, SIGTERM);
	status = wait_for_server(m, f);
	mount_point_free(point);
	return fail_is_set(f) ? (int)f->code : status;
}

/* Starts the server. 0 in the mounter, 1 in the server (whose status *status then is), -1 with f
 * filled. */
static int start_server(struct mounting *m, int *status, struct fail *f)
{
	struct fail mine = { 0 };

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, m->ends))
		return fail_errno(f, FAIL_FAILED, "", "can't start a reader");
	m->server = fork();
	if (m->server < 0)
		return fail_errno(f, FAIL_FAILED, "", "can't start a reader");
	if (m->server > 0) {
		forget_secret(m->options);
		return 0;
	}
	serve(m, &mine);
	/* the mounter tells what a signal did */
	if (fail_is_set(&mine) && !signals_caught())
		print_fail(&mine);
	*status = (int)mine.code;
	return 1;
}

static int run_in_foreground(struct mounting *m, struct fail *f)
{
	int status = FAIL_FAILED, which = start_server(m, &status, f);

	if (which == 0)
		status = mount_for_server(m, NULL, NULL, f);
	return fail_is_set(f) ? (int)f->code : status;
}

struct background {
	struct mounting *mounting;
	int ready; /* is written to once it is mounted */
};

static void go_to_background(void *ctx)
{
	struct background *b = ctx;
	char done = 1;

	leave_terminal(b->mounting);
	if (write(b->ready, &done, 1) != 1)
		kill(b->mounting->server, SIGTERM);
	close(b->ready);
}

/* The caller's process ends as soon as the mounter says that all is well, or has ended. */
static int wait_for_mounter(pid_t mounter, int ready, struct fail *f)
{
	char done = 0;
	int status;

	while (read(ready, &done, 1) < 0 && errno == EINTR)
		if (signals_caught())
			kill(mounter, signals_caught());
	if (done)
		return FAIL_NONE;
	while (waitpid(mounter, &status, 0) < 0)
		if (errno != EINTR)
			return fail_errno(f, FAIL_FAILED, "", "can't wait for the mounting");
	return WIFEXITED(status) ? WEXITSTATUS(status) : FAIL_FAILED;
}

static int run_in_background(struct mounting *m, struct fail *f)
{
	struct background b = { .mounting = m };
	int ready[2], status = FAIL_FAILED;
	pid_t mounter;

	if (pipe2(ready, O_CLOEXEC))
		return fail_errno(f, FAIL_FAILED, "", "can't go to the background");
	mounter = fork();
	if (mounter < 0)
		return fail_errno(f, FAIL_FAILED, "", "can't go to the background");
	if (mounter > 0) {
		forget_secret(m->options);
		close(ready[1]);
		return wait_for_mounter(mounter, ready[0], f);
	}
	close(ready[0]);
	b.ready = ready[1];
	switch (start_server(m, &status, f)) {
	case 0:
		return mount_for_server(m, go_to_background, &b, f);
	case 1:
		return status;
	default:
		return f->code;
	}
}

int cmd_mount(struct options *o)
{
	struct mounting m = { .options = o, .ends = { -1, -1 } };
	struct fail f = { 0 };
	int status = FAIL_FAILED;

	print_set_mode(PRINT_TEXT, options_has(o, OPTION_QUIET));
	m.null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (m.null < 0)
		fail_errno(&f, FAIL_FAILED, "/dev/null", "can't be opened");
	else if (check_operands(&m, &f) == 0)
		status = m.is_background ? run_in_background(&m, &f) : run_in_foreground(&m, &f);
	if (fail_is_set(&f)) {
		print_fail(&f);
		status = (int)f.code;
	}
	return status;
}

/* What the child becomes. */
static void become_fusermount(const char *dir)
{
	execlp("fusermount3", "fusermount3", "-u", "--", dir, (char *)NULL);
	_exit(127);
}

static int unmount(const char *dir, struct fail *f)
{
	int status = 0;
	pid_t pid;

	if (mount_point_check_mounted(dir, f))
		return -1;
	pid = fork();
	if (pid == 0)
		become_fusermount(dir);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (pid < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 127)) {
		fail_set(f, FAIL_FAILED, "", "fusermount3 can't be started");
		fail_hint(f, "install the package fuse3");
		return -1;
	}
	return status ? fail_set(f, FAIL_FAILED, dir, "can't be unmounted") : 0;
}

int cmd_unmount(struct options *o)
{
	const char *dir = o->operands.n == 1 ? o->operands.items[0] : NULL;
	struct fail f = { 0 };

	if (!dir)
		fail_set(&f, FAIL_USAGE, "", "name the directory that is to be unmounted");
	else if (unmount(dir, &f) == 0 && !mount_point_wait(dir, UNMOUNT_WAIT_S) &&
		 !signals_caught())
		message_warn(print_messages(),
			"%s: is unmounted, but what read the disc has not ended yet: the drive may "
			"still be busy",
			dir);
	if (fail_is_set(&f))
		print_fail(&f);
	return (int)f.code;
}
