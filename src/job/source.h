/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is burned: a tree to make a file system of, or a finished image; either is the first stage
 * of the chain. Main thread only.
 */
#ifndef JOB_SOURCE_H
#define JOB_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "job/output.h"
#include "job/request.h"
#include "tree/finished_image.h"
#include "tree/tree.h"
#include "util/fail.h"
#include "util/message.h"

struct source {
	struct tree *tree; /* exactly one of these two, once opened */
	struct finished_image *image;
	const struct contents *contents; /* once looked at; NULL: unknown */
	bool was_seen;
	bool is_iso9660;  /* known to be that, and nothing else; for a stream, after its end */
	uint64_t n_bytes; /* whole blocks; 0: unknown (a stream) */
};

/* Scans the tree or opens the image. source_close in any case. 0, or -1 with f filled. */
int source_open(
	struct source *s, const struct burn_request *r, const struct messages *m, struct fail *f);

/* Refuses an output that is one of the files or the list that r names as what is burned. 0, or -1
 * with f filled. */
int source_check_apart(const struct burn_request *r, const struct output *out, struct fail *f);

/* Looks what it is; a stream has to have begun. Done again, it changes nothing. 0, or -1 with f
 * filled. */
int source_look(struct source *s, struct fail *f);

/* True where it can be read more than once. */
bool source_can_repeat(const struct source *s);

/* Before the first stage: more of them will follow. */
void source_repeat(struct source *s);

/* The first stage of the chain. NULL with f filled. */
struct burn_source *source_stage(struct source *s, struct fail *f);

/* While the stage is pulled: the path of the file that it is reading, in out; NULL: none, or it is
 * an image. Any thread. */
const char *source_reading(const struct source *s, char *out, size_t n);

/* After the burn: names each file that changed while it was read, as warnings. Their number,
 * including those left out as unreadable. */
size_t source_n_incomplete(struct source *s, const struct messages *m);

void source_close(struct source *s);

#endif
