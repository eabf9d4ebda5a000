/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SOURCE of the verbs that read back, from the command line to plain blocks. */
#ifndef DISC_INPUT_H
#define DISC_INPUT_H

#include "disc/disc.h"
#include "options.h"
#include "util/fail.h"

/* Opens path by what it is or as the options say, reads or asks for the secret where one is needed
 * (once), enters the sandbox, and unlocks it. Afterwards files can be written beneath writable_dir
 * only (NULL: nowhere), and nothing new can be opened for reading: what else is needed has to be
 * open. NULL with f filled, whose object is path where it has no better one. The caller closes. */
struct disc *disc_input_open(
	struct options *o, const char *path, const char *writable_dir, struct fail *f);

/* The same, and nothing can be written; beneath readable_dir (NULL: nowhere) files can be read. */
struct disc *disc_input_open_beside(
	struct options *o, const char *path, const char *readable_dir, struct fail *f);

#endif
