/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What OUTPUT is, after resolving links and before anything is touched. */
#ifndef JOB_OUTPUT_H
#define JOB_OUTPUT_H

#include <stdbool.h>

#include "util/fail.h"

enum output_kind {
	OUTPUT_DRIVE,  /* burned */
	OUTPUT_FILE,   /* an image file, existing or not */
	OUTPUT_STREAM, /* stdout, a FIFO, a character device */
	OUTPUT_DEVICE, /* another block device */
};

struct output {
	enum output_kind kind;
	const char *path; /* as it was given; "-" for stdout under any of its names; borrowed */
};

struct output_consent {
	bool replace_file;     /* -force */
	bool overwrite_device; /* -force-device */
};

/* Finds out what path is and refuses what was not consented to. 0, or -1 with f filled. */
int output_classify(
	const char *path, const struct output_consent *consent, struct output *o, struct fail *f);

/* Its name for messages. */
const char *output_name(const struct output *o);

/* Refuses to read a file that is also the output, compared by inode, or a device by number; "-" is
 * stdin. A path that can't be accessed passes. 0, or -1 with f filled (FAIL_USAGE). */
int output_check_apart(const struct output *o, const char *path, struct fail *f);

#endif
