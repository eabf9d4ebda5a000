/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The format that the command line names, with its parameters. */
#ifndef CLI_FORMAT_INPUT_H
#define CLI_FORMAT_INPUT_H

#include "crypto/format/format.h"
#include "cli/options.h"
#include "util/fail.h"

/* Looks at the command line alone: -format, -encstyle and all that belongs to them. Whether the
 * values fit the format is the format's to say (format_create). 0, or -1 with f filled
 * (FAIL_USAGE). */
int format_input_get(const struct options *o, const struct format **format,
	struct format_params *params, struct fail *f);

/* The same for a disc that is read: *format is NULL where the options leave it to the disc; what
 * belongs to one format only names that one. */
int format_input_find(const struct options *o, const struct format **format,
	struct format_params *params, struct fail *f);

#endif
