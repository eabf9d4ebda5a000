/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directory that files of a disc are extracted to, and those below it, by the numbers of the
 * walk (iso/disc_walk.h).
 *
 * Names are resolved one by one, beneath the directory before and through no link (openat2(2)), so
 * that nothing that was on the disc, or is there already, leads out of it. A few directories are
 * kept open. A directory may have another name here than on the disc. One thread at a time. */
#ifndef DISC_BENEATH_H
#define DISC_BENEATH_H

#include <fcntl.h>
#include <stdint.h>
#include <sys/types.h>

#include "iso/disc_walk.h"
#include "util/fail.h"

enum { BENEATH_KEPT = 24 };

struct beneath {
	int root; /* -1: closed */
	const struct disc_walk *walk;
	struct {
		uint32_t directory;
		int fd;
		unsigned long used;
	} kept[BENEATH_KEPT];
	unsigned n_kept;
	unsigned long clock;
	char **other_names; /* heap, by their numbers; NULL: the name on the disc */
	size_t n_other_names;
};

/* Opens the directory at path. 0, or -1 with f filled. */
int beneath_open(struct beneath *b, const char *path, const struct disc_walk *walk, struct fail *f);

/* A descriptor (O_PATH) for a directory of the walk, which b closes some time after the next call.
 * -1 with errno, also where a link or a file is in the way. */
int beneath_directory(struct beneath *b, uint32_t directory);

/* From now on the directory is called name here. 0, or -1 with f filled: no memory. */
int beneath_rename(struct beneath *b, uint32_t directory, const char *name, struct fail *f);

/* Opens name, which is one name, in the directory that fd is for. -1 with errno. */
int beneath_open_name(int fd, const char *name, int flags, mode_t mode);

void beneath_close(struct beneath *b);

#endif
