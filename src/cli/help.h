/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The help, made of the tables of verbs and options; no line is wider than 80 columns. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/verbs.h"

/* To stdout, which is not flushed: what a verb does, and its options, all or those that are often
 * needed. NULL: the verbs too, and the options of the one that is meant where none is named. */
void help_print(const struct verb *verb, bool all);

/* The verbs and two examples. */
void help_print_briefly(FILE *to);

#endif
