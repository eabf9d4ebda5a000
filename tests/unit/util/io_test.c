/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening without waiting, but for a lease. */
#include "util/io.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/tap.h"

/* A process that has a lease on "file", and gives it up 0.3 s after it was told to. Its id, or -1
 * where there are no leases. */
static pid_t hold_lease(void)
{
	sigset_t broken;
	int ends[2], signal_number;
	char is_held = 0;
	pid_t pid;

	if (pipe(ends))
		return -1;
	pid = fork();
	if (pid == 0) {
		int fd = open("file", O_RDWR);

		sigemptyset(&broken);
		sigaddset(&broken, SIGIO);
		sigprocmask(SIG_BLOCK, &broken, NULL);
		is_held = fcntl(fd, F_SETLEASE, F_WRLCK) == 0;
		if (write(ends[1], &is_held, 1) != 1 || !is_held)
			_exit(1);
		sigwait(&broken, &signal_number);
		poll(NULL, 0, 300);
		fcntl(fd, F_SETLEASE, F_UNLCK);
		_exit(0);
	}
	close(ends[1]);
	if (pid < 0 || read(ends[0], &is_held, 1) != 1)
		is_held = 0;
	close(ends[0]);
	return is_held ? pid : -1;
}

static void test_lease(void)
{
	pid_t pid = hold_lease();
	int fd;

	if (pid < 0) {
		tap_skip("a lease is waited for", "there are no leases here");
		return;
	}
	fd = openat(AT_FDCWD, "file", O_RDONLY | O_NONBLOCK);
	tap_ok(fd < 0, "a leased file does not open at once");
	fd = io_open_now(AT_FDCWD, "file", O_RDONLY);
	tap_ok(fd >= 0, "it is waited for");
	close(fd);
	waitpid(pid, NULL, 0);
}

int main(void)
{
	int fd;

	tap_enter_folder("/tmp");
	if (!tap_run("echo 1 >file; mkfifo fifo; mkdir dir"))
		return 1;
	fd = io_open_now(AT_FDCWD, "fifo", O_RDONLY);
	tap_ok(fd >= 0, "a FIFO is not waited for");
	close(fd);
	fd = open("dir", O_PATH | O_DIRECTORY);
	tap_ok(io_open_now(fd, "none", O_RDONLY) < 0, "what is missing is not waited for");
	close(fd);
	test_lease();
	return tap_done();
}
