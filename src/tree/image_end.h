/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a finished ISO 9660 image, which records somewhat more than it has, lacks files or only
 * padding. */
#ifndef TREE_IMAGE_END_H
#define TREE_IMAGE_END_H

#include <stdint.h>

#include "util/fail.h"

/* Looks up where all files and directories are, in the image of n_bytes from byte start of fd on,
 * which can be read at any place. 0: all are in it. -1 with f filled: one is not, which is named in
 * the failure (without an object), or it can't be told. */
int image_end_check(int fd, uint64_t start, uint64_t n_bytes, struct fail *f);

#endif
