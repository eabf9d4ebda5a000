/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/detached.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/io.h"
#include "util/new_file.h"

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* True for one name in one directory, where both are still to be made. */
static bool is_same_place(const char *a, const char *b)
{
	char *a_copy = strdup(a), *b_copy = strdup(b);
	struct stat a_dir, b_dir;
	bool result = false;

	if (a_copy && b_copy && strcmp(last_part(a), last_part(b)) == 0)
		result = stat(dirname(a_copy), &a_dir) == 0 && stat(dirname(b_copy), &b_dir) == 0 &&
			 a_dir.st_dev == b_dir.st_dev && a_dir.st_ino == b_dir.st_ino;
	free(a_copy);
	free(b_copy);
	return result;
}

int detached_check(const char *path, const struct output *out, struct fail *f)
{
	struct stat st;

	if (!path)
		return 0;
	if (stat(path, &st) == 0) {
		fail_set(f, FAIL_USAGE, path, "already exists");
		fail_hint(f, "choose another name; a header is never replaced, as another disc "
			     "may need it");
		return -1;
	}
	if (out->kind == OUTPUT_FILE && is_same_place(path, out->path))
		return fail_set(
			f, FAIL_USAGE, path, "can't be both the output and its detached header");
	return new_file_check(path, false, 0, f);
}

int detached_write(const struct volume *v, bool *was_written, struct fail *f)
{
	*was_written = false;
	if (!v->detached_header)
		return 0;
	if (new_file_write(v->header_path, v->detached_header, v->detached_header_bytes, f))
		return -1;
	*was_written = true;
	return 0;
}
