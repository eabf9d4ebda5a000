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

struct old_folder;

/* A name that the sources have, but that can't be read. */
struct entry_lost {
	const struct entry_lost *next;
	const char *name;
};

struct entry {
	const char *name; /* NULL: the root */
	struct entry *up; /* the directory it is in; NULL: the root's */
	mode_t mode;
	uid_t uid;
	gid_t gid;
	dev_t rdev;
	time_t atime, mtime, ctime;
	const struct file_attributes *attributes; /* NULL: none */
	bool made_up;                             /* a directory without attributes of its own */
	bool is_same;    /* a file whose bytes are those that the disc has at this place */
	bool is_as_kept; /* its attributes are the disc's */
	const struct folder *folder; /* where it comes from: source in folder, for messages */
	const char *source;
	union {
		struct {
			struct entry **children; /* heap, sorted by name (strcmp) */
			size_t n, n_max;
			bool is_whole; /* all that is in its source was scanned */
			bool is_lost;  /* one of its sources can't be read */
			bool is_looked_up;
			const struct entry_lost *lost;
			const struct old_folder *old; /* what the disc has here; NULL: none */
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

/* Remembers that name in dir can't be read. 0, or -1 without memory. */
int entry_lose(struct arena *a, struct entry *dir, const char *name);

/* True where name in dir, which has no such child, may be in the sources all the same. */
bool entry_may_have(const struct entry *dir, const char *name);

/* Adds n children, sorted, that were made with dir NULL; dir has none of their names. 0, or -1
 * without memory. */
int entry_adopt(struct entry *dir, struct entry **children, size_t n);

/* Frees what the entry and those below it have outside their arena. NULL does nothing. */
void entry_free(struct entry *e);

#endif
