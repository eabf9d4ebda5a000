/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is left to a process in the sandbox, and what isn't. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/tap.h"
#include "util/sandbox.h"
#include "util/system_calls.h"

/* Given by the script that removes it. */
static const char *folder;

static const char *path_in(const char *dir, const char *name)
{
	static char path[300];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static bool has_landlock(void)
{
	return syscall(444 /* landlock_create_ruleset */, NULL, 0, 1) >= 1;
}

/* "2" where a filter is on. */
static char seccomp_state(int status)
{
	char text[8192] = "", *at;

	if (pread(status, text, sizeof text - 1, 0) <= 0)
		return '?';
	at = strstr(text, "\nSeccomp:");
	return at ? at[10] : '-';
}

static bool is_denied(long result, int wanted_errno)
{
	return result == -1 && errno == wanted_errno;
}

static void *do_nothing(void *arg)
{
	return arg;
}

static void test_calls(int status, const int *sockets)
{
	char *argv[] = { (char *)(uintptr_t) "true", NULL };
	char *no_environment[] = { NULL };
	int pipe_ends[2];
	char typed = 'x', sent = 's', received = 0;
	pthread_t thread;

	if (seccomp_state(status) == '0') {
		tap_skip("system calls", "this kernel or processor has no filter");
		return;
	}
	tap_ok(seccomp_state(status) == '2', "/proc says that a filter is on");
	tap_ok(is_denied(execve("/bin/true", argv, no_environment), EPERM), "no program");
	tap_ok(is_denied(socket(AF_UNIX, SOCK_STREAM, 0), EPERM), "no socket");
	tap_ok(is_denied(socket(AF_INET, SOCK_DGRAM, 0), EPERM), "no network");
	tap_ok(send(sockets[0], &sent, 1, MSG_NOSIGNAL) == 1 &&
			recv(sockets[1], &received, 1, 0) == 1 && received == sent,
		"but those that are open");
	tap_ok(is_denied(mount("none", "/", "tmpfs", 0, NULL), EPERM), "no mount");
	tap_ok(is_denied(umount2("/nowhere", 0), EPERM), "no unmount");
	tap_ok(is_denied(kill(getpid(), 0), EPERM), "no signal to others");
	tap_ok(is_denied(syscall(425, 4, NULL), EPERM), "no io_uring");
	tap_ok(is_denied(syscall(SYS_keyctl, 0, -3, 0), EPERM), "no keys");
	tap_ok(is_denied(ioctl(0, TIOCSTI, &typed), ENOTTY), "nothing is typed into a terminal");
#ifndef SYSTEM_CALLS_SANITIZED
	tap_ok(is_denied(ptrace(PTRACE_TRACEME, 0, NULL, NULL), EPERM), "no ptrace");
	tap_ok(is_denied(fork(), EPERM), "no process");
#endif
	tap_ok(pthread_create(&thread, NULL, do_nothing, NULL) == 0 &&
			pthread_join(thread, NULL) == 0,
		"but threads");
	tap_ok(pipe(pipe_ends) == 0, "and pipes");
}

static void test_files(int open_before)
{
	const char *inside, *made;
	char byte;
	int fd;

	tap_ok(pread(open_before, &byte, 1, 0) == 1, "what is open is read");
	if (!has_landlock()) {
		tap_skip("files", "this kernel has no Landlock");
		return;
	}
	tap_ok(is_denied(open("/etc/passwd", O_RDONLY), EACCES), "no other file is read");
	tap_ok(is_denied(open("/", O_RDONLY | O_DIRECTORY), EACCES), "no folder is listed");
	made = path_in(folder, "../xburncrypt-test-outside");
	tap_ok(is_denied(open(made, O_WRONLY | O_CREAT, 0600), EACCES), "none is made elsewhere");
	inside = path_in(folder, "inside/file");
	fd = open(inside, O_RDWR | O_CREAT, 0600);
	tap_ok(fd >= 0 && write(fd, "x", 1) == 1, "but in the folder that was named");
	tap_ok(unlink(inside) == 0, "and removed there");
	fd = open(path_in(folder, "inside"), O_TMPFILE | O_WRONLY, 0600);
	if (fd >= 0) {
		char proc[40];

		snprintf(proc, sizeof proc, "/proc/self/fd/%d", fd);
		inside = path_in(folder, "inside/file");
		tap_ok(linkat(AT_FDCWD, proc, AT_FDCWD, inside, AT_SYMLINK_FOLLOW) == 0,
			"and linked there, once it is whole");
		unlink(inside);
	}
	tap_ok(is_denied(rename(path_in(folder, "outside"), "/tmp/xburncrypt-test-moved"), EACCES),
		"none is moved");
}

int main(int argc, char **argv)
{
	struct sandbox_needs needs = { 0 };
	struct fail f = { 0 };
	char writable[300];
	int sockets[2], status = open("/proc/self/status", O_RDONLY),
			self = open("/proc/self/exe", O_RDONLY);

	if (argc != 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
		return 99;
	folder = argv[1];
	if (mkdir(path_in(folder, "inside"), 0700) ||
		close(open(path_in(folder, "outside"), O_WRONLY | O_CREAT, 0600)))
		return 99;
	snprintf(writable, sizeof writable, "%s/inside", folder);
	needs.writable_dir = writable;
	tap_ok(sandbox_enter(&needs, NULL, &f) == 0, "it is entered");
	test_calls(status, sockets);
	test_files(self);
	return tap_done();
}
