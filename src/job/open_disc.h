/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disc that is read, from the request to plain blocks and to the files on it. */
#ifndef JOB_OPEN_DISC_H
#define JOB_OPEN_DISC_H

#include "disc/disc.h"
#include "iso/disc_files.h"
#include "job/request.h"
#include "job/voice.h"
#include "util/fail.h"

/* Opens the disc, reads or asks for the secret where one is needed (a wrong one that was typed: up
 * to three times), enters the sandbox, and unlocks it: what else is needed than the request names
 * has to be open before. NULL with f filled, whose object is the path where it has no better one.
 * The caller closes. */
struct disc *open_disc(struct read_request *r, const struct voice *voice, struct fail *f);

/* The same of a medium that the caller has opened, and that is taken over, in any case; tracks: see
 * disc_set_tracks. There is no sandbox: the caller needs the drive afterwards. */
struct disc *open_disc_on(struct block_reader *medium, const uint64_t *tracks, size_t n_tracks,
	struct read_request *r, const struct voice *voice, struct fail *f);

struct open_files {
	struct disc *disc;
	struct disc_files *files;
	const char *path; /* and where a warning about it goes: the caller's */
	const struct messages *messages;
	bool is_checked; /* by open_disc_check, which has said so */
};

/* The same, and the file system on it; warns if that is truncated. open_disc_close in any case,
 * before r and voice go; it warns if damaged parts were healed, or read from a copy. 0, or -1 with
 * f filled.
 */
int open_disc_files(
	struct open_files *o, struct read_request *r, const struct voice *voice, struct fail *f);

/* Whether all that was read could be checked, where the disc has digests of it: 0, or -1 with f,
 * which was not filled before, filled (FAIL_INCOMPLETE). open_disc_close warns otherwise. */
int open_disc_check(struct open_files *o, struct fail *f);

void open_disc_close(struct open_files *o);

#endif
