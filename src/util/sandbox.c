/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/sandbox.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/system_calls.h"

/* Landlock's numbers, of which older headers have only the first (linux/landlock.h). Which of the
 * rights a kernel knows follows from its version of the interface. */
enum {
	RIGHT_EXECUTE = 1 << 0,
	RIGHT_WRITE_FILE = 1 << 1,
	RIGHT_READ_FILE = 1 << 2,
	RIGHT_READ_DIR = 1 << 3,
	RIGHTS_VERSION_1 = (1 << 13) - 1,
	RIGHT_REFER = 1 << 13,
	RIGHT_TRUNCATE = 1 << 14,
};
enum { RULE_PATH_BENEATH = 1, WANT_VERSION = 1 };
enum { NET_BIND_AND_CONNECT = 3, SCOPE_SOCKETS_AND_SIGNALS = 3 };

struct ruleset {
	uint64_t fs, net, scoped;
};

struct path_rule {
	uint64_t allowed;
	int32_t dir;
} __attribute__((packed));

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

static int add_rule(int rules, const char *path, uint64_t rights)
{
	struct path_rule rule = { .allowed = rights, .dir = open(path, O_PATH | O_CLOEXEC) };
	long r = 0;

	/* what isn't there needs no rule */
	if (rule.dir < 0)
		return 0;
	r = syscall(SYS_landlock_add_rule, rules, RULE_PATH_BENEATH, &rule, 0);
	close(rule.dir);
	return r ? -1 : 0;
}

/* OpenSSL's providers, libgcc for threads that end, character sets: libraries load parts of
 * themselves late. Nothing that is a secret lies there. */
static int add_system(int rules)
{
	static const char *const dirs[] = {
		"/usr",
		"/lib",
		"/lib64",
		"/lib32",
#ifdef SYSTEM_CALLS_SANITIZED
		"/proc",
#endif
	};
	static const char *const files[] = { "/dev/urandom", "/dev/random", "/etc/ld.so.cache",
		"/proc/sys/crypto/fips_enabled", "/sys/devices/system/cpu/online" };

	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		if (add_rule(rules, dirs[i], RIGHT_READ_FILE | RIGHT_READ_DIR))
			return -1;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (add_rule(rules, files[i], RIGHT_READ_FILE))
			return -1;
	return 0;
}

static int add_needs(int rules, const struct sandbox_needs *needs, uint64_t all)
{
	if (needs->writable_dir &&
		add_rule(rules, needs->writable_dir, all & ~(uint64_t)RIGHT_EXECUTE))
		return -1;
	for (size_t i = 0; i < sizeof needs->also_writable / sizeof *needs->also_writable; i++)
		if (needs->also_writable[i] &&
			add_rule(rules, needs->also_writable[i], all & ~(uint64_t)RIGHT_EXECUTE))
			return -1;
	if (needs->readable_dir &&
		add_rule(rules, needs->readable_dir, RIGHT_READ_FILE | RIGHT_READ_DIR))
		return -1;
	if (needs->terminal && add_rule(rules, "/dev/tty", RIGHT_READ_FILE | RIGHT_WRITE_FILE))
		return -1;
	return add_system(rules);
}

/* True where the kernel has Landlock. */
static int restrict_files(const struct sandbox_needs *needs, bool *is_on, struct fail *f)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, WANT_VERSION);
	struct ruleset set = { .fs = RIGHTS_VERSION_1 };
	size_t n_set = version >= 6 ? sizeof set : version >= 4 ? 16 : 8;
	int rules, result = -1;

	if (version < 1)
		return 0;
	if (version >= 2)
		set.fs |= RIGHT_REFER;
	if (version >= 3)
		set.fs |= RIGHT_TRUNCATE;
	if (version >= 4)
		set.net = NET_BIND_AND_CONNECT;
	if (version >= 6)
		set.scoped = SCOPE_SOCKETS_AND_SIGNALS;
	rules = (int)syscall(SYS_landlock_create_ruleset, &set, n_set, 0);
	if (rules >= 0 && add_needs(rules, needs, set.fs) == 0 &&
		syscall(SYS_landlock_restrict_self, rules, 0) == 0)
		result = 0;
	if (result)
		fail_errno(f, FAIL_FAILED, "", "can't enter the sandbox (Landlock)");
	if (rules >= 0)
		close(rules);
	*is_on = result == 0;
	return result;
}

int sandbox_enter(const struct sandbox_needs *needs, const struct messages *m, struct fail *f)
{
	bool has_landlock = false, has_seccomp = false;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fail_errno(f, FAIL_FAILED, "", "can't enter the sandbox");
	if (restrict_files(needs, &has_landlock, f) || system_calls_restrict(&has_seccomp, f))
		return -1;
	if (!has_landlock && !has_seccomp)
		message_warn(m, "this kernel has neither Landlock nor seccomp: the disc is read "
				"without a sandbox");
	return 0;
}
