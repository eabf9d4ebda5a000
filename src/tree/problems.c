/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/problems.h"
#include "util/request_field.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void tell(const struct problems *p, const struct fail *problem, const char *then)
{
	message_warn(p->m, "%s: %s%s%s%s", problem->object, then, problem->what,
		problem->sys_errno ? ": " : "",
		problem->sys_errno ? strerror(problem->sys_errno) : "");
}

int problems_add(struct problems *p, const struct folder *folder, const char *name, int sys_errno,
	const char *format, ...)
{
	struct fail problem = { .code = FAIL_FAILED, .sys_errno = sys_errno };
	va_list args;

	va_start(args, format);
	vsnprintf(problem.what, sizeof problem.what, format, args);
	va_end(args);
	folder_path(folder, name, problem.object, sizeof problem.object);
	if (p->leaves_out) {
		tell(p, &problem, "left out: ");
		p->n_left_out++;
		return 0;
	}
	if (++p->n == 1) {
		p->first = problem;
		return 0;
	}
	if (p->n == 2)
		tell(p, &p->first, "");
	tell(p, &problem, "");
	return 0;
}

int problems_leave_out(
	struct problems *p, const struct folder *folder, const char *name, const char *why)
{
	char path[4096];

	folder_path(folder, name, path, sizeof path);
	message_warn(p->m, "%s: left out: %s", path, why);
	return 0;
}

int problems_fail(const struct problems *p, struct fail *f)
{
	if (!p->n)
		return 0;
	if (p->n == 1 && !fail_is_set(f))
		*f = p->first;
	else
		fail_set(f, FAIL_FAILED, "", "%zu files can't be stored", p->n);
	return fail_field(f, REQUEST_UNREADABLE);
}
