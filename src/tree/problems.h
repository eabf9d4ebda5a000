/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the scan finds and can't store: each is named by a warning, and if they make the scan fail,
 * there is one failure at the end. Main thread. */
#ifndef TREE_PROBLEMS_H
#define TREE_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

#include "tree/folder.h"
#include "util/fail.h"
#include "util/message.h"

struct problems {
	const struct messages *m;
	bool leaves_out;   /* left out with a warning, instead of a failure */
	size_t n_left_out; /* so far */
	size_t n;          /* that make the scan fail */
	struct fail first; /* of them; not told yet where it is the only one */
};

/* Name in folder (NULL: a path) can't be stored. sys_errno 0: no system call failed. Always 0, so
 * that the scan goes on. */
__attribute__((format(printf, 5, 6))) int problems_add(struct problems *p,
	const struct folder *folder, const char *name, int sys_errno, const char *format, ...);

/* Name in folder is left out, in any case. Always 0. */
int problems_leave_out(
	struct problems *p, const struct folder *folder, const char *name, const char *why);

/* At the end: 0, or -1 with f filled where there were problems. */
int problems_fail(const struct problems *p, struct fail *f);

#endif
