/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the command line says of a burn, and all that can be told to be wrong with it alone. */
#ifndef CLI_JOB_OPTIONS_H
#define CLI_JOB_OPTIONS_H

#include "job/job.h"
#include "util/fail.h"

/* Fills the job's first part from its options. 0, or -1 with f filled (FAIL_USAGE). */
int job_options_read(struct job *j, struct fail *f);

#endif
