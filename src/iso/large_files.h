/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of 4 GiB and more, of which a directory record of ISO 9660 records the size modulo 4 GiB:
 * all that something else on the disc says of them. */
#ifndef ISO_LARGE_FILES_H
#define ISO_LARGE_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "iso/disc_memory.h"
#include "iso/disc_node.h"
#include "util/fail.h"

/* Zeros at first, but for what is granted. */
struct large_files {
	struct disc_node *files; /* heap; their sizes and extents alone */
	size_t n, max;
	struct disc_memory memory;
};

/* Adds a copy; a file whose extents ISO 9660 can't have (holes, parts of blocks) is none. 0, or -1
 * with f filled. */
int large_files_add(struct large_files *l, const struct disc_node *node, struct fail *f);

/* Sorts them, once all are added: only then they are found. */
void large_files_sort(struct large_files *l);

/* The file that begins with that block, whose size is n_bytes modulo 4 GiB; NULL: there is none, or
 * l is NULL. */
const struct disc_node *large_files_find(
	const struct large_files *l, uint32_t lba, uint32_t n_bytes);

/* Frees what l holds. */
void large_files_clear(struct large_files *l);

#endif
