/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares the files of a disc with those in a directory: names, types, permissions, times to the
 * second, link targets, sizes, contents. Owners are not compared, nor sockets, nor the file of
 * digests that a disc has. Main thread; a caught signal ends it. */
#ifndef DISC_TREE_COMPARE_H
#define DISC_TREE_COMPARE_H

#include <stdint.h>

#include "image/disc_files.h"
#include "util/fail.h"

struct tree_compare {
	const struct disc_files *files;
	const char *dir;
	/* what differs, with its path on the disc and a static text */
	void (*differs)(void *ctx, const char *path, const char *what);
	/* what is damaged, likewise; named elsewhere where NULL */
	void (*damaged)(void *ctx, const char *path, const char *what);
	/* some bytes were read; may be NULL */
	void (*progress)(void *ctx);
	void *ctx;
	uint64_t n_checked, n_differ; /* the result; a file differs once */
};

/* 0, also where files differ; -1 with f filled. */
int tree_compare(struct tree_compare *c, struct fail *f);

#endif
