/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds healing data to an image in a file, without its key, or with it: then they get a MAC. */
#ifndef JOB_HEAL_ADDING_H
#define JOB_HEAL_ADDING_H

#include "job/heal_proof.h"
#include "job/healing.h"
#include "job/voice.h"
#include "util/fail.h"

/* Adds healing data, in place of those that may be there. Where the image itself grows it is as it
 * was after a failure, and without healing data after a kill. Enters the sandbox. healing_clear in
 * any case. 0, or -1 with f filled. */
int heal_adding_run(
	const struct heal_request *r, struct healing *h, const struct voice *voice, struct fail *f);

/* The same to a file, open for reading and writing, which is a volume without them; record is
 * filled in. 0, or -1 with f filled: the file is as long as it got. */
int heal_adding_to_file(int fd, const char *name, const struct heal_wish *wish,
	const struct heal_proof *proof, struct heal_record *record, struct fail *f);

#endif
