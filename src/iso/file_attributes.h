/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extended attributes of a file to be burned: "user." ones, and POSIX ACLs, in the form that a disc
 * stores (iso/aaip.h). All others, such as "security.capability", are privileged: only root may set
 * most of them. */
#ifndef ISO_FILE_ATTRIBUTES_H
#define ISO_FILE_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "iso/arena.h"

/* Parallel, as libisofs takes them; an empty name has the ACLs. All memory is the arena's. */
struct file_attributes {
	size_t n;
	char **names;
	size_t *lengths;
	char **values;
	size_t n_left_out;    /* privileged ones, and those that libisofs can't store */
	const char *left_out; /* the name of the first of them */
};

/* Reads those of the open file, with_privileged all of them; *result NULL if it has none, as most
 * files, which takes one system call. 0, or -1 with errno. */
int file_attributes_read(
	int fd, struct arena *arena, bool with_privileged, const struct file_attributes **result);

/* The same of a file that is not opened: name in an open directory (O_PATH will do), or AT_FDCWD
 * and any path; a link at its end is followed, or is what is looked at. Needs proc(5). */
int file_attributes_read_unopened(int dir_fd, const char *name, bool follows, struct arena *arena,
	bool with_privileged, const struct file_attributes **result);

/* True where an attribute of a disc, with its namespace, is a privileged one. */
bool file_attributes_is_privileged(const char *name);

#endif
