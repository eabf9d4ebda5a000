/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/exclude.h"

#include <fnmatch.h>
#include <limits.h>
#include <string.h>

static bool matches(const char *glob, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t n = strlen(glob);
	char cut[PATH_MAX];
	bool has_slash;

	while (n && glob[n - 1] == '/')
		n--;
	if (n == 0 || n >= sizeof cut)
		return false;
	memcpy(cut, glob, n);
	cut[n] = '\0';
	has_slash = strchr(cut, '/') != NULL;
	return fnmatch(cut + strspn(cut, "/"), has_slash ? path : name, FNM_PATHNAME) == 0;
}

bool exclude_matches(const char *const *globs, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (matches(globs[i], path))
			return true;
	return false;
}
