/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/system_calls.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/net.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__i386__)
#define ARCH AUDIT_ARCH_I386
#elif defined(__arm__) && defined(__ARMEL__)
#define ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCH AUDIT_ARCH_PPC64LE
#endif

#ifdef ARCH

/* Programs and processes; the network; other processes; mounts and namespaces; the kernel and its
 * keys; files around Landlock (handles, io_uring), and what it leaves alone of files that are named
 * and not open: their modes, owners and attributes, with the first kernels their length. Not
 * fchownat and utimensat, which extract needs for links. The numbers behind __NR are those that
 * older headers lack; they are the same on every processor. */
static const int denied[] = {
	SYS_execve,
	SYS_execveat,
#ifdef SYS_fork
	SYS_fork,
	SYS_vfork,
#endif
#ifndef SYSTEM_CALLS_SANITIZED
	SYS_ptrace,
#endif
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_kcmp,
	SYS_kill,
	SYS_tkill,
	SYS_rt_sigqueueinfo,
	SYS_rt_tgsigqueueinfo,
	SYS_pidfd_send_signal,
	434, /* pidfd_open */
	438, /* pidfd_getfd */
	SYS_socket,
	SYS_socketpair,
	SYS_connect,
	SYS_bind,
	SYS_listen,
#ifdef SYS_accept
	SYS_accept,
#endif
	SYS_accept4,
	SYS_mount,
	SYS_umount2,
	SYS_pivot_root,
	SYS_chroot,
	428, /* open_tree */
	429, /* move_mount */
	430, /* fsopen */
	431, /* fsconfig */
	432, /* fsmount */
	433, /* fspick */
	442, /* mount_setattr */
	467, /* open_tree_attr */
	SYS_setns,
	SYS_unshare,
	SYS_open_by_handle_at,
	425, /* io_uring_setup */
	426, /* io_uring_enter */
	427, /* io_uring_register */
	SYS_truncate,
#ifdef SYS_truncate64
	SYS_truncate64,
#endif
#ifdef SYS_chmod
	SYS_chmod,
#endif
	SYS_fchmodat,
	452, /* fchmodat2 */
#ifdef SYS_chown
	SYS_chown,
	SYS_lchown,
#endif
#ifdef SYS_chown32
	SYS_chown32,
	SYS_lchown32,
#endif
	SYS_setxattr,
	SYS_lsetxattr,
	463, /* setxattrat */
	SYS_removexattr,
	SYS_lremovexattr,
	466, /* removexattrat */
	469, /* file_setattr */
	SYS_bpf,
	SYS_perf_event_open,
	SYS_userfaultfd,
	SYS_add_key,
	SYS_request_key,
	SYS_keyctl,
	SYS_init_module,
	SYS_finit_module,
	SYS_delete_module,
	SYS_kexec_load,
#ifdef SYS_kexec_file_load
	SYS_kexec_file_load,
#endif
	SYS_reboot,
	SYS_swapon,
	SYS_swapoff,
	SYS_acct,
	SYS_quotactl,
	SYS_sethostname,
	SYS_setdomainname,
	SYS_settimeofday,
	SYS_clock_settime,
	SYS_adjtimex,
	SYS_clock_adjtime,
	SYS_personality,
#ifdef SYS_iopl
	SYS_iopl,
	SYS_ioperm,
#endif
};

/* isatty, tcgetattr, tcsetattr, and the width of the progress line. Not TIOCSTI, which types. */
static const uint32_t terminal_requests[] = {
	TCGETS, TCSETS, TCSETSW, TCSETSF, TIOCGWINSZ,
#ifndef __powerpc__
	/* glibc takes these from 2.42 on; the macros need <asm/termbits.h>, which <termios.h>
	 * excludes */
	0x802c542a, /* TCGETS2 */
	0x402c542b, /* TCSETS2 */
	0x402c542c, /* TCSETSW2 */
	0x402c542d, /* TCSETSF2 */
#endif
};

#ifdef SYS_socketcall
/* Where sockets have one call for all, its first argument says which. The processes of mount talk
 * through one that is open. */
static const uint32_t socket_calls[] = { SYS_SEND, SYS_RECV, SYS_SENDMSG, SYS_RECVMSG };
#endif

enum {
	N_DENIED = sizeof denied / sizeof *denied,
	N_REQUESTS = sizeof terminal_requests / sizeof *terminal_requests
};

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define UNLESS_EQUAL(value, n_skipped) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (n_skipped))
#define DENY(number) (SECCOMP_RET_ERRNO | (number))

struct program {
	struct sock_filter code[2 * N_DENIED + 2 * N_REQUESTS + 60];
	unsigned short n;
};

static void put(struct program *p, struct sock_filter instruction)
{
	p->code[p->n++] = instruction;
}

/* Calls by another processor's numbers would pass unseen. */
static void put_architecture(struct program *p)
{
	put(p, (struct sock_filter)LOAD(arch));
	put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0));
	put(p, (struct sock_filter)RETURN(SECCOMP_RET_KILL_PROCESS));
	put(p, (struct sock_filter)LOAD(nr));
#ifdef __x86_64__
	/* x32 */
	put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
	put(p, (struct sock_filter)RETURN(DENY(EPERM)));
#endif
}

/* A thread is a clone with CLONE_THREAD; clone3 has its flags in memory, where a filter can't look:
 * glibc takes the older call instead. */
static void put_clone(struct program *p)
{
	put(p, (struct sock_filter)UNLESS_EQUAL(435 /* clone3 */, 1));
	put(p, (struct sock_filter)RETURN(DENY(ENOSYS)));
#ifndef SYSTEM_CALLS_SANITIZED
	put(p, (struct sock_filter)UNLESS_EQUAL(SYS_clone, 4));
	put(p, (struct sock_filter)LOAD(args[0]));
	put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1));
	put(p, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
	put(p, (struct sock_filter)RETURN(DENY(EPERM)));
#endif
}

/* A call that is allowed with n values of an argument, and else gives the error. */
static void put_choice(struct program *p, uint32_t call, struct sock_filter load_argument,
	const uint32_t *allowed, uint8_t n, uint32_t error)
{
	put(p, (struct sock_filter)UNLESS_EQUAL(call, (uint8_t)(2 * n + 2)));
	put(p, load_argument);
	for (int i = 0; i < n; i++) {
		put(p, (struct sock_filter)UNLESS_EQUAL(allowed[i], 1));
		put(p, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
	}
	put(p, (struct sock_filter)RETURN(DENY(error)));
}

/* A call whose first argument is a process: itself only, by its number or by 0. The number is that
 * of the process that enters the sandbox, which can't fork afterwards. */
static void put_own_process(struct program *p, uint32_t call)
{
	put(p, (struct sock_filter)UNLESS_EQUAL(call, 5));
	put(p, (struct sock_filter)LOAD(args[0]));
	put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)getpid(), 1, 0));
	put(p, (struct sock_filter)UNLESS_EQUAL(0, 1));
	put(p, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
	put(p, (struct sock_filter)RETURN(DENY(EPERM)));
}

static void write_program(struct program *p)
{
	put_architecture(p);
	for (int i = 0; i < N_DENIED; i++) {
		put(p, (struct sock_filter)UNLESS_EQUAL((uint32_t)denied[i], 1));
		put(p, (struct sock_filter)RETURN(DENY(EPERM)));
	}
	put_clone(p);
	put_choice(p, SYS_ioctl, (struct sock_filter)LOAD(args[1]), terminal_requests, N_REQUESTS,
		ENOTTY);
#ifdef SYS_socketcall
	put_choice(p, SYS_socketcall, (struct sock_filter)LOAD(args[0]), socket_calls,
		sizeof socket_calls / sizeof *socket_calls, EPERM);
#endif
	put_own_process(p, SYS_tgkill);
	put_own_process(p, SYS_prlimit64);
	put(p, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
}

int system_calls_restrict(bool *is_on, struct fail *f)
{
	struct program p = { .n = 0 };
	struct sock_fprog filter;

	*is_on = false;
	if (prctl(PR_GET_SECCOMP) < 0)
		return 0;
	write_program(&p);
	filter = (struct sock_fprog){ .len = p.n, .filter = p.code };
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter)) {
		if (errno == ENOSYS || errno == EINVAL)
			return 0;
		return fail_errno(f, FAIL_FAILED, "", "can't enter the sandbox (seccomp)");
	}
	*is_on = true;
	return 0;
}

#else

int system_calls_restrict(bool *is_on, struct fail *f)
{
	(void)f;
	*is_on = false;
	return 0;
}

#endif
