/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands that open a volume with the system's own programs (crypto/format/format.h), also
 * where it is a file of a clear disc. */
#ifndef CLI_OPENING_COMMANDS_H
#define CLI_OPENING_COMMANDS_H

#include <stdbool.h>
#include <stdio.h>

#include "crypto/format/format.h"
#include "crypto/format/volume.h"

/* For the volume at path; as_file: its name on the clear disc at path, which is mounted first;
 * NULL: path is the volume. One a line, a heap string. NULL without memory. */
char *opening_commands(const struct volume *volume, const struct credential *credential,
	const char *path, const char *as_file);

/* Prints them for people, each set off by four blanks, under a line that says what they are, and
 * what they read from standard input. is_stream: there is nothing to open yet. */
void opening_commands_print(FILE *to, const char *commands, bool is_stream);

#endif
