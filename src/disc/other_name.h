/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other names for files whose own can't be had where they are extracted to. */
#ifndef DISC_OTHER_NAME_H
#define DISC_OTHER_NAME_H

#include <stdbool.h>

enum { OTHER_NAME_BYTES = 256 };

/* Writes a name that every file system takes: at most 120 bytes; "_" in the place of each control
 * character, of each byte that is no part of valid UTF-8, of the characters "*:<>?|\, and of dots
 * and blanks at the end. */
void other_name_make_portable(char out[OTHER_NAME_BYTES], const char *name);

/* Writes the name with a number, from 2 on: "photo (2).jpg"; with has_ending false "photo.jpg (2)".
 * It is cut where it would not fit. */
void other_name_number(
	char out[OTHER_NAME_BYTES], const char *name, unsigned number, bool has_ending);

#endif
