/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extended attributes of a file to be burned: "user." ones, and POSIX ACLs, in the form that a disc
 * stores (iso/aaip.h). */
#ifndef ISO_FILE_ATTRIBUTES_H
#define ISO_FILE_ATTRIBUTES_H

#include <stddef.h>

#include "iso/arena.h"

/* Parallel, as libisofs takes them; an empty name has the ACLs. All memory is the arena's. */
struct file_attributes {
	size_t n;
	char **names;
	size_t *lengths;
	char **values;
};

/* Reads those of the open file; *result NULL if it has none, as most files, which takes one system
 * call. 0, or -1 with errno. */
int file_attributes_read(int fd, struct arena *arena, const struct file_attributes **result);

#endif
