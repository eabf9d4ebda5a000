/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/outcome.h"

#include <errno.h>
#include <string.h>

void outcome_hurt(struct outcome *o, const char *path, const char *what, int sys_errno)
{
	o->result->n_hurt++;
	message_warn(o->messages, "%s: %s%s%s", *path ? path : "/", what, sys_errno ? ": " : "",
		sys_errno ? strerror(sys_errno) : "");
}

int outcome_end(struct fail *f, const char *path, const struct fail *problem)
{
	errno = problem->sys_errno;
	if (problem->sys_errno)
		fail_errno(f, FAIL_FAILED, path, "%s", problem->what);
	else
		fail_set(f, FAIL_FAILED, "", "%s", problem->what);
	fail_hint(f, "the same command with -force goes on where this one has ended");
	return -1;
}

int outcome_take(struct outcome *o, uint32_t directory, const char *name,
	enum restore_result result, const struct fail *problem, struct fail *f)
{
	const char *path;

	if (result == RESTORE_DONE)
		return 0;
	path = disc_walk_path(o->walk, directory, name);
	if (result == RESTORE_END)
		return outcome_end(f, path, problem);
	outcome_hurt(o, path, problem->what, problem->sys_errno);
	return 0;
}

void outcome_renamed(struct outcome *o, uint32_t directory, const char *name, const char *other)
{
	o->result->n_renamed++;
	message_warn(o->messages, "%s: extracted as %s", disc_walk_path(o->walk, directory, name),
		other);
}
