/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which names are hard links of one file: on a disc, and in a directory that has the same names.
 * Files whose other names were not met count as equal.
 *
 * Only regular files with several links are remembered, on either side, in some 30 bytes each; up
 * to about SAME_FILES_MAX of them. One thread at a time. */
#ifndef DISC_SAME_FILES_H
#define DISC_SAME_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "iso/disc_node.h"
#include "util/fail.h"

enum { SAME_FILES_MAX = 7 << 18, SAME_FILES_PARTS = 16 };

/* A hash table of pairs, by either of the two; 0 as serial: a free place. */
struct same_files_table {
	uint64_t *files; /* heap */
	uint32_t *serials;
	size_t n_slots, n;
};

/* Zeros at first. Each part grows by itself: none takes much twice. */
struct same_files {
	struct same_files_table by_file[SAME_FILES_PARTS], by_serial[SAME_FILES_PARTS];
	uint64_t n_single; /* files with one name in the directory */
	bool is_full;      /* later files were not remembered */
};

/* Takes a name: its node on the disc and its state in the directory, both of a regular file. *what
 * tells (a static text) where it is linked to a name before it on one side only, once for each
 * file; NULL: nothing, also where the disc records no serial numbers. 0, or -1 with f filled: no
 * memory. */
int same_files_add(struct same_files *s, const struct disc_node *node, const struct stat *st,
	const char **what, struct fail *f);

/* Frees what s holds. */
void same_files_clear(struct same_files *s);

#endif
