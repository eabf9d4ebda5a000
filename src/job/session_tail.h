/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies behind the newest session of a disc: contents that a header or a partition table
 * records, or that are just there, as of an image longer than its file system. A session that is
 * added neither overwrites them nor takes them for a gap. */
#ifndef JOB_SESSION_TAIL_H
#define JOB_SESSION_TAIL_H

#include <stdbool.h>
#include <stdint.h>

struct disc;

/* Where all that is recorded ends: the sessions, the volume's payload, the partitions. In blocks of
 * the payload. */
uint64_t session_tail_recorded(struct disc *d);

/* Where what the medium has from a block of the payload on ends, limit at most: what burning pads a
 * track with is not counted, which is up to 152 blocks of zeros or that can't be read. */
uint64_t session_tail_find(struct disc *d, uint64_t from, uint64_t limit);

/* True where the blocks from start to limit, which is the end of the medium, are what a session
 * left that was begun in place, as the one of that number, and was not added. */
bool session_tail_is_broken(struct disc *d, uint64_t start, uint64_t limit, uint32_t number);

#endif
