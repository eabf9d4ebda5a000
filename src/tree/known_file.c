/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/known_file.h"

#include <unistd.h>

/* Files that stat(2) can't tell apart and that are looked at: more share their numbers where a file
 * system numbers all alike. */
enum { LIKE_MAX = 16 };

/* True where the open file is the one of the set by another name. */
static bool is_known_as(struct folder_cursor *cursor, struct identity *identity, int fd,
	const struct tree_file *file)
{
	int other = folder_open(cursor, file->folder, file->name, file->followed);
	struct stat here, there;
	bool is_one;

	if (other < 0)
		return false;
	/* neither name is another file's by now */
	is_one = fstat(fd, &here) == 0 && fstat(other, &there) == 0 &&
		 tree_file_is_like(file, &here) && tree_file_is_like(file, &there) &&
		 identity_is_one(identity, fd, other);
	close(other);
	return is_one;
}

struct tree_file *known_file_find(const struct tree_file_set *files, struct folder_cursor *cursor,
	struct identity *identity, int fd, const struct stat *st)
{
	struct tree_file *file = tree_file_like(files, NULL, st);

	for (int i = 0; file && i < LIKE_MAX; i++) {
		if (is_known_as(cursor, identity, fd, file))
			return file;
		file = tree_file_like(files, file, st);
	}
	return NULL;
}
