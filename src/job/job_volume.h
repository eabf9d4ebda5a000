/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The encrypted volume of a burn: its secret, its header, and the commands that open it. */
#ifndef JOB_JOB_VOLUME_H
#define JOB_JOB_VOLUME_H

#include <stdint.h>

#include "job/job.h"
#include "util/fail.h"

/* Refuses a file for a detached header that is there already, or can't be made. 0, or -1 with f
 * filled. */
int job_volume_check_header(const struct job *j, struct fail *f);

/* Warns of an ISO 9660 file system where the format is one for other systems too. */
void job_volume_warn_iso9660(const struct job *j);

/* Reads or asks for the secret and makes the volume. The secret is gone afterwards, but for a
 * drive, whose medium is opened with it at the end. 0, or -1 with f filled. */
int job_volume_make(struct job *j, struct fail *f);

/* Puts a detached header on the disk, before the disc that needs it is burned. 0, or -1 with f
 * filled. */
int job_volume_write_header(struct job *j, struct fail *f);

/* All that goes out but the medium's padding; 0 where the payload's size is not known. */
uint64_t job_volume_bytes(const struct job *j);

/* The main secret, NULL where there is none (any more). */
const struct credential *job_volume_credential(const struct job *j);

#endif
