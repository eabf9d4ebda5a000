/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SOURCE of the verbs that read back, from the command line to plain blocks. */
#ifndef CLI_DISC_INPUT_H
#define CLI_DISC_INPUT_H

#include "disc/disc.h"
#include "cli/options.h"
#include "util/fail.h"

/* What may be used beside the disc: files can be written, or read, beneath a directory; NULL:
 * nowhere. What else is needed has to be open before. */
struct disc_input_rights {
	const char *writable_dir;
	const char *readable_dir;
};

/* Opens path by what it is or as the options say, reads or asks for the secret where one is needed
 * (once), enters the sandbox, and unlocks it. NULL with f filled, whose object is path where it has
 * no better one. The caller closes. */
struct disc *disc_input_open(struct options *o, const char *path,
	const struct disc_input_rights *rights, struct fail *f);

#endif
