/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much still fits into a file system. */
#ifndef UTIL_FREE_SPACE_H
#define UTIL_FREE_SPACE_H

#include <stdint.h>

#include "util/fail.h"

/* Refuses a file that can't grow from has_bytes to end_bytes where fd (its own, or its directory's)
 * is, as far as the file system tells. 0, or -1 with f filled. */
int free_space_check(
	int fd, const char *path, uint64_t has_bytes, uint64_t end_bytes, struct fail *f);

#endif
