/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a drive's medium or an image is: as far as that shows without a key, or, if the request says
 * how to open it, with the key. */
#ifndef JOB_LOOK_H
#define JOB_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/format/volume.h"
#include "disc/disc.h"
#include "disc/sessions.h"
#include "drive/drive.h"
#include "drive/drive_details.h"
#include "job/heal_authenticity.h"
#include "job/request.h"
#include "iso/disc_files.h"
#include "job/voice.h"
#include "util/block_reader.h"
#include "util/fail.h"

/* All that was found out. */
struct look {
	const char *path;
	bool is_drive; /* facts and details are known */
	struct drive_facts facts;
	struct drive_details details;
	struct block_reader *medium;       /* NULL: nothing to read, or the disc is open */
	struct healed_medium *healed;      /* NULL: the same, or no healing data */
	struct block_reader *reader;       /* one of these */
	struct block_reader *header;       /* of a detached header; NULL: none */
	struct sessions found;             /* of an open disc: its own */
	uint64_t tracks[DRIVE_TRACKS_MAX]; /* where those of data begin */
	size_t n_tracks;
	bool is_readable;
	uint64_t session_lba; /* where the session begins whose contents are shown */
	bool is_empty;        /* zeros */
	uint64_t n_bytes;     /* readable ones; of an image, all */
	struct volume *inspected;
	struct disc *disc;               /* opened with a secret; NULL: none was given */
	const struct volume *volume;     /* of either; NULL: no header that shows a format */
	const struct contents *contents; /* of a disc that is open or in the clear; NULL: unknown */
	struct disc_sides sides;         /* the file systems among these */
	struct heal_authenticity proof;  /* of its healing data, where it has any */
	char *commands;                  /* NULL: none are known */
};

/* Enters the sandbox once what it needs is open. opens: as the request says; else nothing is asked
 * for. look_close in any case. 0, or -1 with f filled. */
int look_at(struct look *l, struct read_request *r, bool opens, const struct voice *voice,
	struct fail *f);

/* The sessions that the disc has, which are known where it is open or in the clear; NULL: they are
 * not. */
const struct sessions *look_sessions(const struct look *l);

/* The size of the drive's medium, in blocks; 0: not known, as for a closed medium. */
uint64_t look_capacity(const struct look *l);

/* What it was read through; NULL: no healing data. */
struct healed_medium *look_healed(const struct look *l);

void look_close(struct look *l);

#endif
