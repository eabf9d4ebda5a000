/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs mount and unmount.
 *
 * Two processes: one reads the disc and answers the kernel, in the sandbox; the other, which never
 * sees a byte of the disc, mounts and unmounts, as that executes fusermount3. The directory is
 * mounted when the disc is open, not before.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/verbs.h"
#include "job/open_disc.h"
#include "mount/mount_point.h"
#include "mount/mount_server.h"
#include "util/pass_fd.h"
#include "util/signals.h"

enum { UNMOUNT_WAIT_S = 30 };

struct mounting {
	struct settings *settings;
	struct printer *printer;
	const char *dir;
	bool is_background;
	int null;    /* /dev/null */
	int ends[2]; /* between the two: the mounter's, the server's */
	pid_t server;
};

/* Lets go of the terminal. */
static void leave_terminal(const struct mounting *m)
{
	setsid();
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		dup2(m->null, fd);
}

/* Memory locks are not inherited: a secret of the command line gets a locked copy. */
static int keep_secret(struct secret_source *s, struct fail *f)
{
	struct secret *copy;

	if (!s->given)
		return 0;
	copy = secret_copy(secret_view(s->given), secret_size(s->given), f);
	secret_free(s->given);
	s->given = copy;
	return copy ? 0 : -1;
}

/* In a process that has no need of it: it would stay there, unlocked, as long as the disc is
 * mounted. */
static void forget_secret(struct secret_source *s)
{
	secret_free(s->given);
	s->given = NULL;
}

static void tell_unchecked(struct open_files *in)
{
	in->is_checked = true;
	message_warn(in->messages, "%s: digests are lost: not all that is read can be checked",
		in->path);
}

/* In the foreground, once such blocks were read. */
static void look_for_unchecked(void *ctx)
{
	struct open_files *in = ctx;
	const struct healed_medium *h = disc_healed(in->disc);

	if (!in->is_checked && h && healed_medium_counts(h).n_unproven)
		tell_unchecked(in);
}

/* Before it is mounted: in the background, nobody hears of it later. */
static void probe_digests(struct open_files *in)
{
	struct healed_medium *h = disc_healed(in->disc);
	bool lacks = false;

	if (h && healed_medium_lacks_digests(h, &lacks, NULL) == 0 && lacks)
		tell_unchecked(in);
	else
		look_for_unchecked(in);
}

/* The server: opens the disc, gets the mount point, answers. */
static int serve(struct mounting *m, struct fail *f)
{
	struct open_files in;
	char is_open = 1;
	int fd, result = -1;

	close(m->ends[0]);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (keep_secret(&m->settings->volume.secret, f))
		return -1;
	if (open_disc_files(&in, &m->settings->read, &m->printer->voice, f))
		goto out;
	probe_digests(&in);
	/* the mounter tells why it hands over nothing */
	if (send(m->ends[1], &is_open, 1, MSG_NOSIGNAL) == 1 &&
		(fd = pass_fd_receive(m->ends[1], NULL)) >= 0) {
		if (m->is_background)
			leave_terminal(m);
		/* not before: the terminal may close as soon as the caller has ended */
		send(m->ends[1], &is_open, 1, MSG_NOSIGNAL);
		result = mount_server_run(in.files, fd, look_for_unchecked, &in, f);
	}
out:
	open_disc_close(&in);
	return result;
}

/* The server's exit status; a signal that was caught is passed on to it. */
static int wait_for_server(const struct mounting *m, struct fail *f)
{
	bool was_told = false;
	int status;

	while (waitpid(m->server, &status, 0) < 0) {
		if (errno != EINTR)
			return fail_errno(f, FAIL_FAILED, "",
				"can't wait for the process that reads the disc");
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
	bool is_open, is_served;
	int status;

	close(m->ends[1]);
	m->ends[1] = -1;
	is_open = hear(m);
	is_served = is_open && (point = mount_point_new(m->dir, f)) &&
		    pass_fd_send(m->ends[0], mount_point_fd(point), f) == 0 && hear(m);
	if (is_served && mounted)
		mounted(ctx);
	close(m->ends[0]);
	m->ends[0] = -1;
	if (is_open && !point)
		kill(m->server, SIGTERM);
	status = wait_for_server(m, f);
	if (!is_served && status == 0)
		fail_set(f, FAIL_FAILED, m->dir,
			"is not mounted: the process that reads the disc has ended");
	mount_point_free(point);
	return fail_is_set(f) ? (int)f->code : status;
}

/* Starts the server. 0 in the mounter, 1 in the server (whose status *status then is), -1 with f
 * filled. */
static int start_server(struct mounting *m, int *status, struct fail *f)
{
	struct fail mine = { 0 };

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, m->ends))
		return fail_errno(
			f, FAIL_FAILED, "", "can't start the process that reads the disc");
	m->server = fork();
	if (m->server < 0)
		return fail_errno(
			f, FAIL_FAILED, "", "can't start the process that reads the disc");
	if (m->server > 0) {
		forget_secret(&m->settings->volume.secret);
		return 0;
	}
	serve(m, &mine);
	/* the mounter tells what a signal did */
	if (fail_is_set(&mine) && !signals_caught())
		printer_fail(m->printer, &mine);
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
			return fail_errno(f, FAIL_FAILED, "",
				"can't wait for the process that mounts the disc");
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
		forget_secret(&m->settings->volume.secret);
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

int cmd_mount(struct settings *s, struct printer *p, struct fail *f)
{
	struct mounting m = { .settings = s,
		.printer = p,
		.dir = settings_operand(s, 1),
		.is_background = !s->is_foreground,
		.null = open("/dev/null", O_RDWR | O_CLOEXEC),
		.ends = { -1, -1 } };

	if (m.null < 0)
		return fail_errno(f, FAIL_FAILED, "/dev/null", "can't be opened");
	if (settings_read(s, settings_operand(s, 0), f) || mount_point_check(m.dir, f))
		return -1;
	return m.is_background ? run_in_background(&m, f) : run_in_foreground(&m, f);
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

int cmd_unmount(struct settings *s, struct printer *p, struct fail *f)
{
	const char *dir = settings_operand(s, 0);

	if (unmount(dir, f))
		return -1;
	if (!mount_point_wait(dir, UNMOUNT_WAIT_S) && !signals_caught())
		message_warn(&p->voice.messages,
			"%s: unmounted, but the process that read the disc has not ended yet; the "
			"drive may still be busy",
			dir);
	return FAIL_NONE;
}
