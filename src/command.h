/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs. Each is a function in cmd_<verb>.c that takes the parsed command line and returns the
 * exit status; it prints its own failure. */
#ifndef COMMAND_H
#define COMMAND_H

#include "options.h"

int cmd_burn(struct options *o);
int cmd_formats(struct options *o);

#endif
