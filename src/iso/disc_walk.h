/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A walk over the directories of a disc, each of which is visited once: a directory loop ends, and
 * so does a disc whose directories would take more than DISC_WALK_BYTES_MAX to read.
 *
 * Directories are remembered by a number, in little memory; their listings are read again when they
 * are asked for, and a few are kept. One thread at a time. */
#ifndef ISO_DISC_WALK_H
#define ISO_DISC_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iso/disc_files.h"
#include "util/fail.h"

#define DISC_WALK_BYTES_MAX ((uint64_t)2 << 30)

enum { DISC_WALK_DEPTH_MAX = 4096, DISC_WALK_KEPT = 8 };

struct disc_walk_directory {
	struct disc_extent extent; /* where it lies; n_bytes 0: nowhere */
	uint32_t parent;           /* of the root: itself, 0 */
	uint32_t name;             /* in names */
	uint32_t n_path;           /* bytes of its path */
	uint16_t depth;
	bool is_passed; /* only on the way to what the walk is for */
	bool is_wanted; /* added, with all that is below */
};

struct disc_walk_start {
	uint32_t directory;
	uint32_t only; /* the one name in it that the walk is for, in names; 0: all */
};

struct disc_walk {
	const struct disc_files *files;
	/* what is damaged, or there twice, with its path and a static text */
	void (*damaged)(void *ctx, const char *path, const char *what);
	void *ctx;
	struct disc_walk_directory *directories; /* heap; 0 is the root */
	size_t n_directories, max_directories;
	uint32_t *known; /* heap: a hash table of those that disc_walk_add added; 0: free */
	size_t n_known;  /* its places, a power of 2 */
	struct disc_walk_start *waiting; /* heap: a stack */
	size_t n_waiting, max_waiting;
	bool is_started;
	char *names; /* heap: the first is "" */
	size_t n_names, max_names;
	char *path; /* heap: has room for the path of any node */
	size_t max_path;
	uint8_t *is_read; /* a bit for each unit of a block */
	uint64_t n_blocks, n_bytes_left;
	struct {
		uint32_t directory;
		struct disc_listing *listing;
		unsigned long used;
	} kept[DISC_WALK_KEPT];
	unsigned long clock;
};

/* Starts with nothing to walk. All of w is zeros where it fails. 0, or -1 with f filled. */
int disc_walk_open(struct disc_walk *w, const struct disc_files *files,
	void (*damaged)(void *ctx, const char *path, const char *what), void *ctx, struct fail *f);

/* Adds what is at path, before the walk starts: a directory with all that is below, or a file
 * alone. What is added twice, or is part of what is added, is met once. 0, or -1 with f filled:
 * nothing is there. */
int disc_walk_add(struct disc_walk *w, const char *path, struct fail *f);

/* What comes next: a directory, or one file in it. */
struct disc_walk_step {
	uint32_t directory;
	const struct disc_listing *listing; /* lives until the next call of disc_walk */
	const struct disc_node *only;       /* NULL: all of the listing */
};

/* Takes the next directory: parents before children, otherwise in the order of names. 1; 0 at the
 * end; -1 with f filled. */
int disc_walk_next(struct disc_walk *w, struct disc_walk_step *step, struct fail *f);

/* A directory's listing, or its own node; both live until the next call. NULL with f filled. */
const struct disc_listing *disc_walk_listing(
	struct disc_walk *w, uint32_t directory, struct fail *f);
const struct disc_node *disc_walk_node(struct disc_walk *w, uint32_t directory, struct fail *f);

/* A directory's name, "" for the root; it may move when the walk goes on. */
const char *disc_walk_name(const struct disc_walk *w, uint32_t directory);

/* The path of name in a directory, from the root and without a slash at its start; with name NULL
 * that of the directory, "" for the root. It lives until the next call. */
const char *disc_walk_path(const struct disc_walk *w, uint32_t directory, const char *name);

/* Frees what w holds. */
void disc_walk_close(struct disc_walk *w);

#endif
