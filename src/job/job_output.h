/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The output of a burn: a drive, a file, a stream or another block device. 0, or -1 with f filled.
 */
#ifndef JOB_JOB_OUTPUT_H
#define JOB_JOB_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "job/job.h"
#include "util/block_reader.h"
#include "util/fail.h"
#include "util/progress.h"

/* Its name for messages. */
const char *job_output_name(const struct job *j);

/* Tells what the output is, refuses what can't be, and opens a drive. */
int job_output_open(struct job *j, struct fail *f);

/* Whether the result is read back and compared with what was sent: for drives, unless it is asked
 * for or refused. */
bool job_output_is_compared(const struct job *j);

/* Whether the volume's header is opened again in the result, which takes the secret. */
bool job_output_is_opened(const struct job *j);

/* Whether the output can take n_bytes (0: unknown), before anything is written. A medium that will
 * be blanked first can't be asked yet. */
int job_output_check(struct job *j, uint64_t n_bytes, struct fail *f);

/* -blank auto, when nothing else can be refused any more: asks, and empties the medium. */
int job_output_blank(struct job *j, struct fail *f);

/* Pulls the job's pipeline into the output. */
int job_output_write(struct job *j, const struct progress_watch *watch, struct fail *f);

/* What the result is read back through; the caller frees. *reader is NULL, with 0, where it can't
 * or need not be. */
int job_output_reader(struct job *j, struct block_reader **reader, struct fail *f);

#endif
