/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filter of the sandbox alone, as on a kernel whose Landlock has less, or which has none. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "lib/tap.h"
#include "util/system_calls.h"

/* A struct termios2 of all processors that have one. */
enum { TERMIOS2_BYTES = 44 };

/* As glibc asks from 2.42 on, whatever version this one is. */
static void test_terminal(int terminal)
{
	uint32_t before[TERMIOS2_BYTES / 4] = { 0 }, after[TERMIOS2_BYTES / 4] = { 0 };
	static const uint32_t set[] = { 0x402c542b, 0x402c542c, 0x402c542d };
	const uint32_t echo_bit = 010, get = 0x802c542a;
	char typed = 'x';

	if (terminal < 0) {
		tap_skip("terminals", "there is no pseudo terminal");
		return;
	}
	tap_ok(isatty(terminal), "a terminal is one");
	tap_ok(ioctl(terminal, TIOCSTI, &typed) && errno == ENOTTY, "nothing is typed into it");
#ifdef __powerpc__
	tap_skip("termios2", "this processor has only one kind");
#else
	tap_ok(ioctl(terminal, get, before) == 0, "TCGETS2");
	for (unsigned i = 0; i < 3; i++) {
		before[3] ^= echo_bit;
		tap_ok(ioctl(terminal, set[i], before) == 0 && ioctl(terminal, get, after) == 0 &&
				before[3] == after[3],
			"its echo is set (%#x)", set[i]);
	}
#endif
}

/* A process that is not this one, and ends with it. */
static pid_t start_other(void)
{
	int ends[2];
	pid_t pid;
	char byte;

	if (pipe(ends))
		return -1;
	pid = fork();
	if (pid)
		return pid;
	close(ends[1]);
	_exit(read(ends[0], &byte, 1) != 0);
}

static bool is_denied(long result)
{
	return result == -1 && errno == EPERM;
}

static void test_processes(pid_t other)
{
	struct rlimit limit = { 0 };

	if (!tap_ok(other > 0, "there is another process"))
		return;
	tap_ok(is_denied(syscall(SYS_tgkill, other, other, 0)), "no signal to its threads");
	tap_ok(is_denied(prlimit(other, RLIMIT_CORE, NULL, &limit)), "nothing of its limits");
	tap_ok(syscall(SYS_tgkill, getpid(), getpid(), 0) == 0 && raise(SIGURG) == 0 &&
			pthread_kill(pthread_self(), 0) == 0,
		"but signals to the own ones");
	tap_ok(prlimit(getpid(), RLIMIT_CORE, NULL, &limit) == 0 &&
			setrlimit(RLIMIT_CORE, &limit) == 0,
		"and the own limits");
}

/* By path: denied; what is open: allowed. */
static void test_files(void)
{
	static const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	char path[] = "/tmp/xburncrypt-calls.XXXXXX";
	int fd = mkstemp(path);
	uid_t uid = getuid();

	tap_ok(is_denied(truncate(path, 1)), "no truncate");
	tap_ok(is_denied(chmod(path, 0644)), "no chmod");
	tap_ok(is_denied(syscall(SYS_fchmodat, AT_FDCWD, path, 0644)), "no fchmodat");
	tap_ok(is_denied(syscall(452, AT_FDCWD, path, 0644, 0)), "no fchmodat2");
#ifdef SYS_chown
	tap_ok(is_denied(syscall(SYS_chown, path, uid, -1)), "no chown");
	tap_ok(is_denied(syscall(SYS_lchown, path, uid, -1)), "no lchown");
#endif
	tap_ok(is_denied(setxattr(path, "user.x", "x", 1, 0)) &&
			is_denied(lsetxattr(path, "user.x", "x", 1, 0)),
		"no attributes");
	tap_ok(is_denied(removexattr(path, "user.x")) && is_denied(lremovexattr(path, "user.x")),
		"none removed");
	tap_ok(fchmod(fd, 0600) == 0 && ftruncate(fd, 1) == 0 && fchown(fd, uid, (gid_t)-1) == 0,
		"but of what is open");
	tap_ok(fchownat(AT_FDCWD, path, uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW) == 0 &&
			utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) == 0,
		"and what links need");
	tap_ok(!fsetxattr(fd, "user.x", "x", 1, 0) || errno == EOPNOTSUPP, "and attributes");
	unlink(path);
	close(fd);
}

int main(void)
{
	pid_t other = start_other();
	int terminal = posix_openpt(O_RDWR | O_NOCTTY);
	struct fail f = { 0 };
	bool is_on;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || system_calls_restrict(&is_on, &f)) {
		tap_ok(false, "the filter is on");
		return tap_done();
	}
	if (!is_on) {
		tap_skip("the filter", "this kernel or processor has none");
		return tap_done();
	}
	test_terminal(terminal);
	test_processes(other);
	test_files();
	return tap_done();
}
