/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts what is extracted, and names by a warning what could not be as it was. Main thread. */
#ifndef DISC_OUTCOME_H
#define DISC_OUTCOME_H

#include <stdint.h>

#include "disc/restore_result.h"
#include "iso/disc_walk.h"
#include "util/fail.h"
#include "util/message.h"

struct extract_result {
	uint64_t n_files, n_directories, n_others, n_bytes;
	uint64_t n_equal;   /* were there already, equal in all that would be restored */
	uint64_t n_renamed; /* have another name than on the disc; each was named */
	uint64_t n_hurt;    /* not there, or not as they were; each was named */
};

struct outcome {
	const struct disc_walk *walk;
	const struct messages *messages;
	struct extract_result *result;
};

/* Names a path of the disc; sys_errno 0: what says it all. */
void outcome_hurt(struct outcome *o, const char *path, const char *what, int sys_errno);

/* Takes what became of name in a directory of the walk, or of the directory itself (NULL). 0; -1
 * with f filled where the result is RESTORE_END. */
int outcome_take(struct outcome *o, uint32_t directory, const char *name,
	enum restore_result result, const struct fail *problem, struct fail *f);

/* Fills f from a problem that is the end of an extraction, and says how to go on. Always returns
 * -1. */
int outcome_end(struct fail *f, const char *path, const struct fail *problem);

/* Names what was extracted under another name. */
void outcome_renamed(struct outcome *o, uint32_t directory, const char *name, const char *other);

#endif
