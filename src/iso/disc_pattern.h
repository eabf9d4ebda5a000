/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths on a disc that a user names: as they are, or by a pattern (util/path_glob.h). */
#ifndef ISO_DISC_PATTERN_H
#define ISO_DISC_PATTERN_H

#include <stdbool.h>

#include "iso/disc_walk.h"
#include "util/fail.h"

/* True where it has a character that a pattern has. */
bool disc_pattern_is_one(const char *path);

/* Adds to the walk what is at path; where nothing is, all that matches it. What a damaged directory
 * may hide from the pattern is told as damage of the walk. 0, or -1 with f filled: nothing is
 * there. */
int disc_pattern_add(struct disc_walk *w, const char *path, struct fail *f);

#endif
