/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was made and how to open it, printed at the end. Streams are not flushed. */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/json.h"
#include "cli/settings.h"
#include "job/burning.h"

/* To stdout, or to stderr if the image goes to stdout. s: what was asked for, of which reading
 * needs a part. */
void summary_print(const struct burn_result *r, const struct settings *s);

/* The same as members of a JSON object. */
void summary_write(struct json *j, const struct burn_result *r);

/* The same of healing data alone, of n_bytes. */
void summary_write_healing(struct json *j, uint64_t n_bytes, const struct heal_record *r);

/* Prints " in 0:58, 4.4 MB/s"; of less than a second, which says nothing, nothing, and no rate
 * where there are no bytes. */
void summary_print_time(FILE *to, double seconds, uint64_t n_bytes);

/* Prints the commands that open a volume (job/opening_commands.h), each indented by four blanks
 * and with sudo where root is needed, under a line that says what they are and what they read from
 * standard input. is_stream: there is nothing to open yet. */
void summary_print_commands(FILE *to, const char *commands, bool is_stream);

/* Prints how much of it are healing data, what they are worth, and their root. */
void summary_print_healing(FILE *to, const struct heal_record *r);

/* The same of those that were just made, with what vouches for them. */
void summary_print_made_healing(FILE *to, const struct heal_record *r);

/* A disc, or image, that is burned or looked at. All is borrowed. */
struct summary_disc {
	const char *path;
	const struct format *format; /* of the volume */
	bool has_files;              /* which list, extract and mount can read */
};

/* Prints this program's own commands that read it, in the same way; s: how the disc is to be
 * opened. */
void summary_print_own_commands(FILE *to, const struct summary_disc *d, const struct settings *s);

/* Writes how the source is repaired: a command, as it is typed, and what it does. */
void summary_repair_hint(const struct settings *s, char *out, size_t n);

#endif
