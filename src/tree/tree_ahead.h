/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread that tells the kernel which files of a tree are read next (posix_fadvise(2)), so that a
 * disk has many requests at a time, not one.
 *
 * It works only while files come from a disk: a read that finds its file in the page cache costs
 * nothing more (preadv2(2), RWF_NOWAIT). Whether it works changes no byte of what is read.
 */
#ifndef TREE_TREE_AHEAD_H
#define TREE_TREE_AHEAD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tree/tree_file.h"

struct tree_ahead;

/* For the files from first on, up to end (NULL: all), which are borrowed and stay as they are.
 * Starts no thread yet. NULL without memory. */
struct tree_ahead *tree_ahead_new(const struct tree_file *first, const struct tree_file *end);

/* The next file is opened by the reader; once for each, in order. */
void tree_ahead_pass(struct tree_ahead *a);

/* The first read of a file: as pread(2) from its start, and notes where it has to wait for a disk.
 */
ssize_t tree_ahead_read(struct tree_ahead *a, int fd, uint8_t *buf, size_t n);

/* Ends the thread. NULL does nothing. */
void tree_ahead_free(struct tree_ahead *a);

#endif
