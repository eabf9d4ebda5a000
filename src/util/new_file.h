/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A regular file that is never visible under its name before it is whole.
 *
 * It is written without a name (O_TMPFILE) and linked at the end; to replace a file the finished
 * one gets a temporary name, ".NAME.xburncrypt-XXXXXX" beside it, for the moment before rename;
 * where O_TMPFILE is unsupported it has that name while it is written. A file that appears in the
 * meantime is not overwritten. Links are followed, even to a target that does not exist. An
 * existing file needs replace, must be a regular file, and keeps its mode and, if allowed, its
 * owner.
 */
#ifndef UTIL_NEW_FILE_H
#define UTIL_NEW_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/fail.h"

struct new_file;

/* Refuses early what new_file_open would refuse: see above, an unwritable directory, and too little
 * space for announced_bytes (0: unknown). Changes nothing. 0, or -1 with f filled. */
int new_file_check(const char *path, bool replace, uint64_t announced_bytes, struct fail *f);

/* The directory that a file called path lies in, or would lie in, as realpath(3) gives it. 0; -1:
 * there is none. */
int new_file_directory(const char *path, char out[PATH_MAX]);

/* True where files called a and b are one, or would be. */
bool new_file_is_same(const char *a, const char *b);

/* Checks, and opens the file for reading and writing; mode (less the umask) is that of a new one.
 * path is borrowed. NULL with f filled. new_file_close in any case. */
struct new_file *new_file_open(
	const char *path, bool replace, mode_t mode, uint64_t announced_bytes, struct fail *f);

int new_file_descriptor(const struct new_file *n);

/* The same for work that may be interrupted, and go on another day: while it is written the file's
 * name is NAME.part, and new_file_close keeps it. With is_there it has to exist, and else must not.
 * Only one process has it open at a time. */
struct new_file *new_file_open_part(const char *path, bool replace, mode_t mode, bool is_there,
	uint64_t announced_bytes, struct fail *f);

/* Flushes the file to the disk and gives it its name. A signal caught before that is a failure;
 * like any failure, it leaves nothing behind. 0, or -1 with f filled. */
int new_file_commit(struct new_file *n, struct fail *f);

/* The same, whatever signal was caught. */
int new_file_put(struct new_file *n, struct fail *f);

/* Makes a new file of n bytes that only its owner may read. 0, or -1 with f filled. */
int new_file_write(const char *path, const void *bytes, size_t n, struct fail *f);

/* Closes the file; one that was not committed is gone, unless it is a part. NULL does nothing. */
void new_file_close(struct new_file *n);

#endif
