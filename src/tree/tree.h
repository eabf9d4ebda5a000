/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A directory tree that becomes an ISO 9660 file system with Rock Ridge and Joliet, in memory.
 *
 * The tree is walked and checked completely before anything is written: names that collide, files
 * that can't be read, what has to be left out. The source then streams the image; files are opened
 * again at that time, and one that shrank, grew or can't be read any more is remembered, not
 * printed.
 *
 * One tree at a time in a process (libisofs keeps global state). Main thread only.
 */
#ifndef TREE_TREE_H
#define TREE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tree/tree_sums.h"
#include "util/fail.h"
#include "util/message.h"
#include "util/report.h"

struct burn_source;
struct tree;

struct tree_graft {
	const char *target; /* path on the disc, from its root, unescaped; with a slash at its end a
			       file goes there under its own name */
	const char *path;   /* what is put there: a file, or a directory's contents */
};

struct tree_spec {
	const char *const *sources; /* directories: their contents; files: themselves */
	size_t n_sources;
	const struct tree_graft *grafts;
	size_t n_grafts;
	const char *const *excludes; /* globs: without a slash a name at any depth, else the path
					from the SOURCE's root (tree/exclude.h) */
	size_t n_excludes;
	bool follow_links;
	bool portable;                    /* owners to root, modes readable (mkisofs -r) */
	bool skip_unreadable;             /* leave out what can't be read, instead of failing */
	const struct tree_digest *digest; /* for a file SHA256SUMS; NULL: none */
	const char *volume_id; /* NULL: "XBURNCRYPT"; at most 32 characters of printable ASCII */
	dev_t avoid_dev;       /* the file that the image is written to: left out where the walk */
	ino_t avoid_ino;       /* meets it; avoid_ino 0: none */
};

/* Walks and checks. What is left out (sockets, unreadable files with skip_unreadable) and what
 * Joliet has to shorten goes to m. FAIL_USAGE: two files for one place, a source that isn't there,
 * a bad volume id; FAIL_FAILED: a file can't be read or stored; where there are several, each is
 * named by a warning and f says how many. A caught signal ends the walk. NULL with f filled. The
 * strings of spec must outlive the tree. */
struct tree *tree_new(const struct tree_spec *spec, const struct messages *m, struct fail *f);

/* Exact size of the image in bytes, a multiple of BLOCK_BYTES. The first call lays the image out
 * and starts a thread of libisofs', which touches no file before tree_source_new. 0 with f filled.
 */
uint64_t tree_image_bytes(struct tree *t, struct fail *f);

/* The image as a stage: the first of a chain. One a tree. It delivers exactly tree_image_bytes or
 * fails. NULL with f filled. The tree must outlive it. */
struct burn_source *tree_source_new(struct tree *t, struct report *report, struct fail *f);

/* After the burn, all threads ended: names each file that changed while it was read, as warnings to
 * m, by all its names. Returns how many names these are and how many were left out as unreadable:
 * more than 0 means FAIL_INCOMPLETE. */
size_t tree_n_incomplete(struct tree *t, const struct messages *m);

/* Numbers for the summary. */
struct tree_facts {
	uint64_t n_files, n_directories, n_others, n_bytes;
};
struct tree_facts tree_facts(const struct tree *t);

void tree_free(struct tree *t);

#endif
