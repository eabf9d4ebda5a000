/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies where on a disc: directories, files and their extents, kept small and found by block.
 *
 * A file's name is some bytes, not a node: a million files take about 50 MiB. More than
 * DISC_TREE_BYTES_MAX is a failure. One thread at a time.
 */
#ifndef IMAGE_DISC_TREE_H
#define IMAGE_DISC_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"

#define DISC_TREE_BYTES_MAX ((size_t)56 * 1024 * 1024)

/* In place of a directory's index: no directory at all, or one whose path nobody shows. */
#define DISC_TREE_NOWHERE UINT32_MAX

struct disc_directory {
	uint32_t lba, n_blocks;
	uint32_t parent; /* of the root and of what is not shown: DISC_TREE_NOWHERE */
	uint32_t name;   /* in names */
	bool is_shown;
};

struct disc_extent {
	uint32_t lba, last;
	uint32_t reach;     /* the highest last of this extent and all before it */
	uint32_t directory; /* that holds the file; DISC_TREE_NOWHERE: no file's */
	uint32_t name;      /* in names; DISC_TREE_NOWHERE: the directory itself */
};

struct disc_tree {
	struct disc_directory *directories;
	size_t n_directories, max_directories;
	struct disc_extent *extents;
	size_t n_extents, max_extents;
	char *names;
	size_t n_names, max_names;
};

/* Keeps a name; *where is what the others take. All that add: 0, or -1 with f filled (no memory,
 * too much of it). */
int disc_tree_add_name(struct disc_tree *t, const char *name, uint32_t *where, struct fail *f);

/* Adds a directory, whose index is n_directories before, and its blocks; at least one. */
int disc_tree_add_directory(struct disc_tree *t, const struct disc_directory *d, struct fail *f);

/* Adds n_blocks, at least one, of a file; what follows the part of the same file that was added
 * before is put together with it. Directory DISC_TREE_NOWHERE: blocks of the file system's own. */
int disc_tree_add_extent(struct disc_tree *t, uint32_t directory, uint32_t name, uint32_t lba,
	uint32_t n_blocks, struct fail *f);

/* Sorts the extents; once, when all are there. */
void disc_tree_sort(struct disc_tree *t);

/* The first extent that may touch lba or what is behind it, in a sorted tree; n_extents where there
 * is none. Those that touch a range follow up to the first that starts behind it. */
size_t disc_tree_find(const struct disc_tree *t, uint64_t lba);

/* Writes the path of a file, or with name DISC_TREE_NOWHERE of a directory, which ends with a slash
 * ("/a/b", "/a/", "/"). What is longer than n is cut at its start, to "...". Returns out. */
char *disc_tree_path(
	const struct disc_tree *t, uint32_t directory, uint32_t name, char *out, size_t n);

/* Frees what t holds; it is empty then. */
void disc_tree_clear(struct disc_tree *t);

#endif
