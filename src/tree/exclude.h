/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What -exclude leaves out (fnmatch(3), FNM_PATHNAME). */
#ifndef TREE_EXCLUDE_H
#define TREE_EXCLUDE_H

#include <stdbool.h>
#include <stddef.h>

/* True where one of n globs matches. A glob without a slash is matched against the last name of
 * path, one with a slash against path, which starts at the SOURCE's root without a slash. A slash
 * at a glob's start or end adds nothing, but one at its start makes it a glob with a slash. */
bool exclude_matches(const char *const *globs, size_t n, const char *path);

#endif
