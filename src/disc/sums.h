/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks the files of a disc against the digests that stand in a file on it, in the form of
 * sha256sum(1): a digest, two characters, a name from the root; a backslash before the line where
 * newlines and backslashes in the name are written as "\n" and "\\". */
#ifndef DISC_SUMS_H
#define DISC_SUMS_H

#include <stdint.h>

#include "iso/disc_files.h"
#include "util/fail.h"

#define SUMS_NAME "SHA256SUMS"

struct sums {
	const struct disc_files *files;
	/* what is wrong with a file, a static text */
	void (*differs)(void *ctx, const char *path, const char *what);
	/* how many bytes were read; may be NULL */
	void (*progress)(void *ctx);
	void *ctx;
	uint64_t n_checked, n_differ;
};

/* Looks for the file of digests; 1 where it is, 0 where not. */
int sums_exist(const struct disc_files *files);

/* Checks all files that it names. 0, also where some differ; -1 with f filled: no memory, a caught
 * signal. */
int sums_check(struct sums *s, struct fail *f);

#endif
