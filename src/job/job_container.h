/* SPDX-License-Identifier: GPL-3.0-or-later */
/* -as-file: the volume as one file of a clear image, beside a readme that tells how to open it. */
#ifndef JOB_JOB_CONTAINER_H
#define JOB_JOB_CONTAINER_H

#include "job/job.h"
#include "util/fail.h"

/* Whether -as-file goes with format and source, as far as the payload's size is known. 0, or -1
 * with f filled (FAIL_USAGE). */
int job_container_check(const struct job *j, struct fail *f);

/* Fills the job's container, once its volume is made; nothing without -as-file. The name is checked
 * here. 0, or -1 with f filled. */
int job_container_make(struct job *j, struct fail *f);

#endif
