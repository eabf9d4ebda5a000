/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file that was extracted last, which the next one of a disc may be one more name of. One
 * thread at a time. */
#ifndef DISC_LAST_FILE_H
#define DISC_LAST_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "iso/disc_node.h"
#include "util/fail.h"

/* Zeros at first. */
struct last_file {
	bool is_there;
	struct disc_node node;
	struct disc_extent *extents; /* heap */
	char *target;                /* heap; NULL: it is not a link */
	uint32_t directory;          /* of the walk */
	char name[256];              /* that it got there */
};

/* True where the node is one more name of that file. */
bool last_file_is(const struct last_file *l, const struct disc_node *node);

/* Remembers a file with its name and directory. 0, or -1 with f filled: no memory. */
int last_file_set(struct last_file *l, const struct disc_node *node, uint32_t directory,
	const char *name, struct fail *f);

/* Frees what l holds. */
void last_file_clear(struct last_file *l);

#endif
