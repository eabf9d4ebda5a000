/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/restore_result.h"

#include <errno.h>

enum restore_result restore_result_errno(
	struct fail *problem, enum restore_result otherwise, const char *what)
{
	bool is_end = errno == ENOSPC || errno == EDQUOT || errno == EROFS || errno == EIO ||
		      errno == ENOMEM || errno == EMFILE || errno == ENFILE || errno == EINTR;

	fail_errno(problem, FAIL_FAILED, "", "%s", what);
	return is_end ? RESTORE_END : otherwise;
}

enum restore_result restore_result_text(
	struct fail *problem, enum restore_result result, const char *what)
{
	fail_set(problem, FAIL_INCOMPLETE, "", "%s", what);
	return result;
}

enum restore_result restore_result_worse(enum restore_result a, enum restore_result b)
{
	return a > b ? a : b;
}
