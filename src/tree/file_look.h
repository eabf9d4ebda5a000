/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the scan finds out of a regular file: it is opened, to see that it can be read, which of the
 * files that are known it is, and what attributes it has. One that the disc has already is not even
 * opened (tree/old_tree.h), unless digests tell. Main thread. */
#ifndef TREE_FILE_LOOK_H
#define TREE_FILE_LOOK_H

#include <stdbool.h>
#include <sys/stat.h>

#include "iso/arena.h"
#include "tree/entry.h"
#include "tree/folder.h"
#include "tree/identity.h"
#include "tree/old_tree.h"
#include "tree/tree_file.h"
#include "util/fail.h"
#include "util/message.h"

/* All borrowed. */
struct file_look {
	const struct tree_file_set *files;
	struct arena *scratch;
	struct folder_cursor *cursor;
	struct identity *identity;
	struct old_tree *old; /* NULL: the disc has nothing */
	const struct messages *m;
	bool with_privileged; /* attributes */
};

/* Where it is, and where it goes. */
struct file_look_place {
	const struct folder *folder;
	const char *name;
	bool followed;
	const struct stat *st;
	struct entry *dir;
	const char *on_disc; /* its name there */
};

struct file_seen {
	const struct file_attributes *attributes;
	struct tree_file *known; /* NULL: it is new */
	struct old_file *old;    /* the disc has its bytes at its place; NULL: it doesn't */
	bool is_sized; /* false: it gives more bytes than its size says, as what the kernel
			  makes up does (proc(5)) */
};

/* 0, or -1 with errno, or with f filled. */
int file_look(const struct file_look *l, const struct file_look_place *place,
	struct file_seen *seen, struct fail *f);

#endif
