/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A detached header: a file of its own, without which the disc can't be opened. It is on the disk
 * before the disc that needs it is burned. */
#ifndef JOB_DETACHED_H
#define JOB_DETACHED_H

#include <stdbool.h>

#include "crypto/format/volume.h"
#include "job/output.h"
#include "util/fail.h"

/* Refuses a path that already exists, can't be created, or is the output (path NULL: no header). 0,
 * or -1 with f filled. */
int detached_check(const char *path, const struct output *out, struct fail *f);

/* Writes the detached header of v; *was_written: it had one. 0, or -1 with f filled. */
int detached_write(const struct volume *v, bool *was_written, struct fail *f);

#endif
