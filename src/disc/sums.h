/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks the files of a disc against the digests that stand in files at its root: those that
 * burning adds, and those of other makers (crypto/sums_line.h has the forms). They are found by
 * their names, in any case: MD5SUM, MD5SUMS, md5sum.txt, md5sums.txt, and the same of SHA1 to
 * SHA512. Symbolic links on the way to a file are followed, within the disc. What gpg --clearsign
 * puts around the lines is left out; a file without digests, or that ends within such a part, is
 * damaged. */
#ifndef DISC_SUMS_H
#define DISC_SUMS_H

#include <stdint.h>

#include "iso/disc_files.h"
#include "util/fail.h"

#define SUMS_NAME "SHA256SUMS"

struct sums {
	const struct disc_files *files;
	/* what is wrong with a file, or with a file of digests itself, a static text */
	void (*differs)(void *ctx, const char *path, const char *what);
	void (*damaged)(void *ctx, const char *path, const char *what);
	/* some bytes of the file at path were read; may be NULL */
	void (*progress)(void *ctx, const char *path);
	void *ctx;
	uint64_t n_checked, n_differ;
	uint64_t n_unused;  /* lines that are of no form that is known; told through differs */
	unsigned n_sources; /* files of digests */
};

/* Checks all files that they name. 0, also where some differ; -1 with f filled: no memory, a caught
 * signal. */
int sums_check(struct sums *s, struct fail *f);

#endif
