/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scan: what lies at a place of the file system, with all that is below it, becomes entries,
 * sorted by name. Every collision and everything that can't be read is found.
 *
 * It goes by descriptors (openat(2), fstatat(2)), so that paths may be of any length. Main thread;
 * a caught signal ends it. */
#ifndef TREE_SCAN_H
#define TREE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "iso/arena.h"
#include "tree/entry.h"
#include "tree/folder.h"
#include "tree/identity.h"
#include "tree/old_tree.h"
#include "tree/problems.h"
#include "tree/tree_file.h"
#include "tree/tree_spec.h"
#include "util/fail.h"
#include "util/message.h"

/* Of a name (libisofs/node.h, LIBISOFS_NODE_NAME_MAX). */
enum { SCAN_NAME_BYTES_MAX = 255 };

/* The directories above, so that a followed link that leads back to one is found. */
struct scan_level {
	const struct scan_level *up;
	const struct folder *folder;
	dev_t dev;
	ino_t ino;
	unsigned depth;
};

struct scan_mount {
	struct scan_mount *next;
	const struct entry *at; /* on the disc */
	const struct folder *folder;
	const char *name;
	dev_t dev;
	ino_t ino;
};

/* What its owner fills in: keep holds what has to live until the burn is over (files and folders),
 * scratch what may go once libisofs has its nodes. Zeros otherwise; identity_init. */
struct scan {
	struct old_tree *old;         /* what the disc has; NULL: nothing */
	const struct tree_spec *spec; /* its sources and grafts are not looked at */
	struct tree_file_set *files;
	struct arena *keep, *scratch;
	struct tree_facts facts; /* so far */
	const struct messages *m;
	struct fail *f;
	const struct scan_level *above;
	struct folder_cursor cursor;
	struct identity identity;
	char *path; /* heap: of what is looked at, from the SOURCE's root */
	size_t n_path, n_path_max;
	struct problems problems;
	bool has_excluded;         /* something */
	bool is_listing;           /* what is there already may be named once more */
	struct scan_mount *mounts; /* directories whose contents one_file_system left out: the last
				      one first */
};

/* Something at a place of the file system. */
struct found {
	const struct folder *folder;
	const char *name;
	bool followed;
	struct stat st;
};

/* Puts what was found at name in dir: a file, a link, or a directory with all that is in it. 0, or
 * -1 with f filled; what can't be stored goes to problems, and the scan goes on. */
int scan_add(struct scan *s, struct entry *dir, const char *name, const struct found *it);

/* The same for a directory; with name NULL its contents go straight into dir. */
int scan_add_directory(struct scan *s, struct entry *dir, const char *name, const struct found *it);

/* A directory at name in dir without what is in it, with the attributes that it has. NULL with f
 * filled. */
struct entry *scan_add_bare_directory(
	struct scan *s, struct entry *dir, const char *name, const struct found *it);

/* What is added next lies at path from the SOURCE's root. 0, or -1 with f filled: no memory. */
int scan_start_at(struct scan *s, const char *path);

/* True where -exclude leaves out a path, which starts at the SOURCE's root. */
bool scan_is_excluded(struct scan *s, const char *path);

/* What was left out since s->problems had n_left_out may be at name in dir (NULL: anywhere in it),
 * which the disc may have: it is not gone. 0, or -1 with f filled. */
int scan_lose(struct scan *s, struct entry *dir, const char *name, size_t n_left_out);

/* Frees what s holds; the entries stay. */
void scan_close(struct scan *s);

#endif
