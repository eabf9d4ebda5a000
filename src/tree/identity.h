/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether two names lead to one file. stat(2) does not tell: union, network and FUSE file systems
 * may give different files one inode number.
 *
 * The kernel knows: inotify(7) gives one file one watch. Only file systems that show it the names
 * of one file as several (libfuse's path interface) need more: there, contents that are equal make
 * one of hard links. One thread. */
#ifndef TREE_IDENTITY_H
#define TREE_IDENTITY_H

#include <stdbool.h>

struct identity {
	int inotify; /* -1: none */
};

/* identity_clear in any case. */
void identity_init(struct identity *i);

/* True where two regular files, open for reading, are one, or are hard links (each has more than
 * one name) with equal contents. */
bool identity_is_one(struct identity *i, int a, int b);

/* True where two open files (O_PATH will do) are known not to be one. */
bool identity_is_known_other(struct identity *i, int a, int b);

/* Frees what i holds. */
void identity_clear(struct identity *i);

#endif
