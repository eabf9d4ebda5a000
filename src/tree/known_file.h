/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds out whether a file is known by another name already: a hard link, or a file that is reached
 * twice. Main thread. */
#ifndef TREE_KNOWN_FILE_H
#define TREE_KNOWN_FILE_H

#include <sys/stat.h>

#include "tree/folder.h"
#include "tree/identity.h"
#include "tree/tree_file.h"

/* The file of the set that the one open as fd, of which st was seen, is one more name of. NULL:
 * none. The files it may be are opened through the cursor. */
struct tree_file *known_file_find(const struct tree_file_set *files, struct folder_cursor *cursor,
	struct identity *identity, int fd, const struct stat *st);

#endif
