/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A list of files: their names, one a line; where it has a NUL byte, each ends with one instead, as
 * find -print0 writes them. Empty ones count as lines, but name nothing. */
#ifndef TREE_FILE_LIST_H
#define TREE_FILE_LIST_H

#include <stddef.h>

#include "util/fail.h"

struct file_list {
	char *text; /* heap: n_text bytes, then a NUL */
	size_t n_text;
	size_t at;     /* of the next name */
	size_t n_line; /* of the last name, from 1 */
	char end;      /* of a name, in the list */
};

/* Reads the list at path, or stdin for "-". file_list_free in any case. 0, or -1 with f filled. */
int file_list_read(struct file_list *l, const char *path, struct fail *f);

/* The next name, which is not empty and stays as long as the list; NULL at the end. */
const char *file_list_next(struct file_list *l);

/* Frees what the list holds. */
void file_list_free(struct file_list *l);

#endif
