/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs. Each is a function in cmd_<verb>.c (format stands beside blank, unmount beside mount)
 * that takes the parsed command line and returns the exit status; it prints its own failure. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"

int cmd_burn(struct options *o);
int cmd_formats(struct options *o);
int cmd_drives(struct options *o);
int cmd_info(struct options *o);
int cmd_blank(struct options *o);
int cmd_format(struct options *o);
int cmd_keyfile(struct options *o);
int cmd_decrypt(struct options *o);
int cmd_mount(struct options *o);
int cmd_unmount(struct options *o);
int cmd_list(struct options *o);
int cmd_cat(struct options *o);
int cmd_extract(struct options *o);
int cmd_verify(struct options *o);

#endif
