/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps the process's memory to itself: no core dump (RLIMIT_CORE 0), not dumpable, so that no
 * other process of the same user can attach or read /proc/PID/mem (prctl(2), PR_SET_DUMPABLE). */
#ifndef UTIL_HARDEN_H
#define UTIL_HARDEN_H

#include "util/fail.h"

/* Called first in main, before any secret is read. 0, or -1 with f filled. */
int harden_process(struct fail *f);

#endif
