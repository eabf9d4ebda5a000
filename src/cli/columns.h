/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much room text takes on a terminal: UTF-8 whose control characters were escaped
 * (util/message.h). Characters are as wide as wcwidth(3) says in the locale C.UTF-8. */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include <stddef.h>

/* Columns of the terminal that stderr is, at this moment; 80 where it does not say. */
size_t columns_of_terminal(void);

/* Columns that text takes. */
size_t columns_of(const char *text);

/* The end of text that fits in at_most columns, cut between characters; "" if nothing does. */
const char *columns_tail(const char *text, size_t at_most);

#endif
