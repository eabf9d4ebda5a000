/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Examines a disc: reads each block of its payload once, walks its directories, checks the digests
 * that are on it (disc/sums.h), and compares with a directory or an image; also reads the header
 * before the payload, of which only the slot that opened it is known to be right. What is wrong is
 * named by warnings. Main thread; a caught signal ends it. */
#ifndef DISC_EXAMINE_H
#define DISC_EXAMINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/format/volume.h"
#include "disc/sessions.h"
#include "util/block_reader.h"
#include "util/fail.h"
#include "util/message.h"
#include "util/progress.h"

struct examine {
	struct block_reader *blocks;     /* the plain payload */
	struct block_reader *medium;     /* that the volume is on, for its header */
	const struct volume *volume;     /* its facts */
	const struct sessions *sessions; /* that it has; NULL: not known */
	size_t memory;                   /* for its file system (disc_files_open) */
	const char *dir;                 /* compared with; NULL: none */
	struct block_reader *image;      /* compared with; NULL: none */
	const struct progress_watch *watch;
	const struct messages *messages;
};

struct examine_result {
	uint64_t n_blocks, n_unreadable;        /* of the payload: read in all, or not */
	bool has_files;                         /* there is a file system */
	bool has_sums;                          /* there are digests on the disc */
	uint64_t n_unused;                      /* lines among them that are none */
	uint64_t n_damaged;                     /* things that are wrong with the file system */
	uint64_t n_checked, n_differ;           /* files with a digest on the disc */
	uint64_t n_compared, n_differ_compared; /* names, with the directory */
	uint64_t n_uncompared;    /* names that were not: the directory's can't be read */
	uint64_t n_blocks_differ; /* from the image */
};

/* 0, whatever was found; -1 with f filled where it could not be found out. */
int examine_disc(const struct examine *x, struct examine_result *result, struct fail *f);

#endif
