/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/exclude.h"

#include "util/path_glob.h"

bool exclude_matches(const char *const *globs, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (path_glob_matches(globs[i], path))
			return true;
	return false;
}
