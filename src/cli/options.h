/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parses the options of the command line (cli/option_table.h). Options that exclude each other are
 * checked in settings.c; which format takes which is said in crypto/format/format.c (check_params).
 *
 * Options work with one dash or two, as "-name value" and "-name=value", may follow operands, and
 * end at "--". One given twice is an error unless it is a list.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/settings.h"
#include "util/fail.h"
#include "util/message.h"

/* Parses argv[first..argc) for the verb, into settings that are zeros. A secret among the arguments
 * is moved into a struct secret and overwritten in argv at once. settings_free in any case. 0, or
 * -1 with f filled (FAIL_USAGE). */
int options_parse(struct settings *s, enum verb_set verb, int argc, char **argv, int first,
	const struct messages *m, struct fail *f);

#endif
