/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands at one place of the disc, on its way from the scan to libisofs' nodes. */
#ifndef TREE_ENTRY_H
#define TREE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <time.h>

#include "iso/arena.h"
#include "iso/file_attributes.h"
#include "tree/folder.h"
#include "tree/tree_file.h"

struct entry {
	const char *name; /* NULL: the root */
	mode_t mode;
	uid_t uid;
	gid_t gid;
	dev_t rdev;
	time_t atime, mtime, ctime;
	const struct file_attributes *attributes; /* NULL: none */
	bool made_up;                             /* a directory without attributes of its own */
	const struct folder *folder; /* where it comes from: source in folder, for messages */
	const char *source;
	union {
		struct {
			struct entry **children; /* heap, sorted by name (strcmp) */
			size_t n, n_max;
			bool is_whole; /* all that is in its source was scanned */
		} dir;
		struct tree_file *file;
		const char *target; /* of a symbolic link */
	};
};

/* Takes over the attributes that st says, and its type; the entry is no longer made up. */
void entry_set_attributes(struct entry *e, const struct stat *st);

/* The child called name; NULL where there is none. */
struct entry *entry_find(const struct entry *dir, const char *name);

/* A new child of dir, zero but for its name, which is not copied; there must be none of that name.
 * name NULL and dir NULL: a root. NULL without memory. */
struct entry *entry_new(struct arena *a, struct entry *dir, const char *name);

/* Frees what the entry and those below it have outside their arena. NULL does nothing. */
void entry_free(struct entry *e);

#endif
