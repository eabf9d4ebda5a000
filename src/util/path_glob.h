/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patterns for files of a tree (fnmatch(3), FNM_PATHNAME): "*" and "?" match no slash. */
#ifndef UTIL_PATH_GLOB_H
#define UTIL_PATH_GLOB_H

#include <stdbool.h>

/* True where the glob matches path, which starts at the root of the tree without a slash. A glob
 * without a slash is matched against the last name of path, one with a slash against all of it. A
 * slash at a glob's end adds nothing; one at its start makes it a glob with a slash. */
bool path_glob_matches(const char *glob, const char *path);

#endif
