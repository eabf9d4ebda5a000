/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What -exclude leaves out (util/path_glob.h). */
#ifndef TREE_EXCLUDE_H
#define TREE_EXCLUDE_H

#include <stdbool.h>
#include <stddef.h>

/* True where one of n globs matches path, which starts at the SOURCE's root. */
bool exclude_matches(const char *const *globs, size_t n, const char *path);

#endif
