/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names in a directory of the source, sorted (strcmp), each once. */
#ifndef TREE_FOLDER_NAMES_H
#define TREE_FOLDER_NAMES_H

#include <stddef.h>

struct folder_names {
	char *text; /* heap: all names, each with its NUL */
	size_t n_text, n_text_max;
	const char **at; /* heap: sorted, n of them */
	size_t n;
};

/* Reads the directory that fd is open on, and closes fd. 0, or -1 with errno and no names. */
int folder_names_read(struct folder_names *names, int fd);

void folder_names_free(struct folder_names *names);

#endif
