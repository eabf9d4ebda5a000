/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files that a list names (tree/file_list.h), in the scan: each goes to the path on the disc
 * that it has from the current directory on, or from the root, as with tar -T. */
#ifndef TREE_LISTED_H
#define TREE_LISTED_H

#include "tree/entry.h"
#include "tree/scan.h"

/* Adds what the list at path, or on stdin for "-", names to the root, in which nothing else is yet.
 * A directory comes with all that is in it, and a file once, however often it is named. 0, or -1
 * with f filled: FAIL_USAGE with list and line where a name has no place; what can't be found goes
 * to problems. */
int listed_add(struct scan *s, struct entry *root, const char *path);

#endif
