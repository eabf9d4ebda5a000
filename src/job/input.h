/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SOURCE is: a tree to make a file system of, or a finished image; either becomes the plain
 * source. */
#ifndef JOB_INPUT_H
#define JOB_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree/finished_image.h"
#include "tree/tree.h"
#include "cli/options.h"
#include "job/output.h"
#include "util/fail.h"
#include "util/message.h"

struct input {
	const char *image_path;    /* of a finished image, "-" for stdin; NULL: a tree */
	struct tree_graft *grafts; /* of a tree */
	struct tree *tree;         /* exactly one of these two, once opened */
	struct finished_image *image;
};

/* Looks at the command line alone: which of the two it is, and that the options fit it. input_close
 * in any case. 0, or -1 with f filled. */
int input_choose(
	struct input *in, const struct options *o, const struct messages *m, struct fail *f);

/* Refuses an output that is one of the named sources; what is found in a directory is left out
 * instead. 0, or -1 with f filled. */
int input_check_apart(
	const struct input *in, const struct options *o, const struct output *out, struct fail *f);

/* Walks the tree or opens the image. 0, or -1 with f filled. */
int input_open(struct input *in, const struct options *o, const struct messages *m, struct fail *f);

/* Exact size in bytes, a multiple of BLOCK_BYTES; 0: unknown (a stream), or, with f filled, a
 * failure. */
uint64_t input_bytes(const struct input *in, struct fail *f);

/* True where the file system is known to be ISO 9660 and nothing else. */
bool input_is_iso9660(const struct input *in);

/* The first stage of the chain. NULL with f filled. */
struct burn_source *input_source_new(struct input *in, struct fail *f);

void input_close(struct input *in);

#endif
