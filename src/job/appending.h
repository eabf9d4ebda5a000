/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session that is added to a disc: its tree is the one that is there with what the sources have
 * new or changed, under the volume's own key; the files that stay are not written again.
 *
 * What the disc had stays whole at every moment. On media that are overwritten in place, and in
 * files, the first descriptors lead to the new session only once all of it was written, and read
 * again (doc/FORMAT.md). */
#ifndef JOB_APPENDING_H
#define JOB_APPENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "job/request.h"
#include "job/voice.h"
#include "tree/tree.h"
#include "util/fail.h"

/* What the voice is told before it is written, and with the result (job/burning.h). */
struct session_plan {
	const char *path;
	unsigned number;
	uint64_t sbsector; /* the block of the payload that it begins at */
	struct tree_changes changes;
	uint64_t n_bytes;      /* all of it */
	uint64_t n_head_bytes; /* of that, what is no file's contents */
	uint64_t n_bytes_free; /* before; 0: unknown */
	bool starts_newest;    /* a mount shows it by itself */
	bool stays_open;
	char medium[80]; /* that shows its first session by itself; "": none */
};

/* As burning_run; where nothing is new, nothing is written, and the voice hears that. */
int appending_run(struct append_request *r, const struct voice *voice, struct fail *f);

#endif
