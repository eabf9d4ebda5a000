/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seccomp filter of the sandbox (util/sandbox.h). Private to src/util.
 *
 * A list of what is denied, not of what is allowed: glibc changes the calls that it makes from
 * version to version, and a filter that kills a reader on next year's system protects nobody.
 */
#ifndef UTIL_SYSTEM_CALLS_H
#define UTIL_SYSTEM_CALLS_H

#include <stdbool.h>

#include "util/fail.h"

/* The sanitizer looks for leaks at the end, by ptrace from a process of its own: a build with it
 * allows that. */
#if defined(__SANITIZE_ADDRESS__)
#define SYSTEM_CALLS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SYSTEM_CALLS_SANITIZED 1
#endif
#endif

/* Denied calls give EPERM, other ioctl(2) requests than a terminal's ENOTTY, from now on and in all
 * threads. Called in the process it restricts: signals to itself and its own limits stay allowed.
 * PR_SET_NO_NEW_PRIVS must be set. *is_on: false where the kernel, or this code for the processor,
 * has no filters. 0, or -1 with f filled. */
int system_calls_restrict(bool *is_on, struct fail *f);

#endif
