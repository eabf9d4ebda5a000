/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a file system that records somewhat more blocks than there are lacks only padding: that
 * is no damage. It takes a walk (iso/disc_walk.h), with its limits and its memory. */
#ifndef ISO_DISC_END_H
#define ISO_DISC_END_H

#include <stddef.h>

#include "iso/disc_files.h"
#include "util/fail.h"

/* Finds something that does not lie within the medium, and writes its path, from the root and
 * without a slash at its start, to path (n bytes, cut at its start; NULL: nobody asks). 1; 0: there
 * is none; -1 with f filled. */
int disc_end_find(const struct disc_files *d, char *path, size_t n, struct fail *f);

/* Looks whether d, just opened, is truncated (disc_files_damage), if that is not known already. */
void disc_end_check(struct disc_files *d);

#endif
