/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of something that was to be extracted: the worse, the higher. Of several problems
 * with one node, the first is told. Any thread. */
#ifndef DISC_RESTORE_RESULT_H
#define DISC_RESTORE_RESULT_H

#include "util/fail.h"

enum restore_result {
	RESTORE_DONE,
	RESTORE_HURT,       /* it is there, but not as it was; problem says what is wrong */
	RESTORE_LEFT,       /* it is not there; problem says why */
	RESTORE_TAKEN,      /* the same: something else has its name */
	RESTORE_UNNAMEABLE, /* the same: the file system takes no such name */
	RESTORE_END, /* no point in going on (disk full, a caught signal); problem is the failure */
};

/* Fills problem from errno, unless it is filled. Returns otherwise, or RESTORE_END for an error
 * that all files will have. */
enum restore_result restore_result_errno(
	struct fail *problem, enum restore_result otherwise, const char *what);

/* Fills problem, unless it is filled, and returns result. */
enum restore_result restore_result_text(
	struct fail *problem, enum restore_result result, const char *what);

/* Of two results for one thing, the one that counts. */
enum restore_result restore_result_worse(enum restore_result a, enum restore_result b);

#endif
