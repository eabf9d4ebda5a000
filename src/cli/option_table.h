/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options: one table, whose rows say what an option is called, what it takes, and where in the
 * settings its value goes. Parsing, help and completion come from it. */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include <stddef.h>

#include "cli/option_value.h"
#include "cli/settings.h"

enum { OPTION_TABLE_MAX = 160 }; /* there are fewer rows */

/* Row i of the table; NULL behind the last one. */
const struct option_row *option_table_row(size_t i);

/* The index of a row. */
size_t option_table_index(const struct option_row *row);

/* The row of a verb's option, whose name is the first n characters of name; NULL for none. */
const struct option_row *option_table_find(const char *name, size_t n, enum verb_set verb);

#endif
