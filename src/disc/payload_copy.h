/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All of a disc's payload, written to a descriptor. */
#ifndef DISC_PAYLOAD_COPY_H
#define DISC_PAYLOAD_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disc/disc.h"
#include "util/fail.h"
#include "util/progress.h"

struct payload_extent {
	uint64_t lba, n_blocks; /* on the medium */
};

enum { PAYLOAD_EXTENTS_MAX = 256 };

struct payload_copy {
	/* to be filled in */
	bool skip_unreadable; /* zeros for what can't be read, instead of failing */
	bool is_session; /* ends with the session that is read, whose descriptors are put first:
			    the kernel mounts it as if it were the only one */
	bool is_whole;   /* also what lies behind an ISO 9660 file system, and behind the partitions
			    of its MBR or GPT, where the payload's length is not recorded */
	/* results */
	uint64_t n_bytes;
	uint64_t n_missing;                                 /* blocks that the volume, or the file
							       system in it, records, and the
							       medium does not have */
	uint32_t n_tail_bytes;                              /* left out: no whole block */
	bool is_tail_behind;                                /* the file system ends before */
	uint64_t n_unreadable;                              /* blocks in all */
	struct payload_extent extents[PAYLOAD_EXTENTS_MAX]; /* the first ones */
	size_t n_extents;
	uint64_t n_behind;   /* blocks that were left out, as is_whole is false */
	uint64_t n_left_out; /* unreadable blocks at the end, after the ISO 9660 file system: the
				run-out and padding of a CD, where the payload's length is not
				recorded */
};

/* The bytes that the copy will have (but for what is left out at the end). */
uint64_t payload_copy_bytes(const struct payload_copy *c, struct disc *d);

/* Where the file system and the partitions of an MBR or GPT end, in blocks of the payload, as far
 * as the medium has them; 0: unknown. */
uint64_t payload_copy_recorded_end(struct disc *d);

/* Copies to fd, whose name failures get; a caught signal is one. 0, or -1 with f filled. */
int payload_copy_run(struct payload_copy *c, struct disc *d, int fd, const char *name,
	const struct progress_watch *watch, struct fail *f);

#endif
