/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Source directories, kept as a chain of names and opened step by step, so that paths may be longer
 * than PATH_MAX and nobody can put a symbolic link in the way between the scan and the burn.
 *
 * A cursor keeps a few directories open; each thread has a cursor of its own.
 */
#ifndef TREE_FOLDER_H
#define TREE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

struct folder {
	const struct folder *up; /* NULL: name is a path as the command line gave it */
	const char *name;
	bool followed; /* name is a symbolic link that was followed */
};

enum { FOLDER_CURSOR_MAX = 24 };

struct folder_cursor {
	struct {
		const struct folder *folder;
		int fd;
		unsigned long used;
	} open[FOLDER_CURSOR_MAX];
	unsigned n_open;
	unsigned long clock;
};

/* A descriptor for openat(2) and the like (O_PATH), which the cursor closes some time after the
 * next call; AT_FDCWD for NULL. -1 with errno. */
int folder_fd(struct folder_cursor *c, const struct folder *f);

/* Opens name in f (NULL: name is a path itself) for reading; a link only where followed. It does
 * not wait for a FIFO, and leaves the access time alone where it may. The descriptor, or -1 with
 * errno. */
int folder_open(struct folder_cursor *c, const struct folder *f, const char *name, bool followed);

/* Closes what the cursor has open. */
void folder_cursor_close(struct folder_cursor *c);

/* Writes the path of name in f (NULL: name is a path itself) into out; a longer one is cut at its
 * end with "...". name NULL: the path of f. Returns out. */
char *folder_path(const struct folder *f, const char *name, char *out, size_t n);

#endif
