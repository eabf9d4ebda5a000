/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of a struct drive, for the files of this room that talk to libburn. */
#ifndef DRIVE_DRIVE_INNER_H
#define DRIVE_DRIVE_INNER_H

#include <libburn/libburn.h>

#include "drive/drive_facts.h"
#include "drive/library.h"
#include "drive/medium_kind.h"

struct drive {
	char *path;                   /* as the user named it: the object of failures */
	const struct messages *m;     /* borrowed */
	struct burn_drive_info *info; /* libburn's list of this one drive */
	struct burn_drive *handle;    /* NULL while it is not grabbed */
	struct drive_facts facts;
	const struct medium_kind *kind; /* NULL: no medium, or an unknown kind */
	bool is_audio, is_tray_open, is_unready;
	bool is_damaged;      /* the last session was aborted and can't be continued */
	bool is_session_open; /* the last session was begun and not closed */
	bool is_unformatted;  /* must be formatted before it can be written */
	bool can_incremental; /* takes a track of unknown size */
};

/* Looks at the medium anew, after it was changed; facts are fresh then. */
void drive_look(struct drive *d);

/* Releases and grabs the drive again, without moving its tray: the kernel forgets what it knew of
 * the medium, and libburn looks anew, as does this. 0, or -1 with f filled. */
int drive_regrab(struct drive *d, struct fail *f);

/* Fills f with what libburn complained of: "DEVICE: what failed: why (the drive's words)". */
int drive_complain(const struct drive *d, enum fail_code code, const char *what,
	const struct complaint *c, struct fail *f);

#endif
