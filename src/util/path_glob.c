/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/path_glob.h"

#include <fnmatch.h>
#include <limits.h>
#include <string.h>

bool path_glob_matches(const char *glob, const char *path)
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
