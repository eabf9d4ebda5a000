/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An optical drive and the medium in it, through libburn. Main thread only, one drive at a time.
 *
 * libburn is started by the first drive_open and finished by the last drive_close. Its messages are
 * turned into failures and warnings; its own signal handler and its printing to stderr stay off.
 */
#ifndef DRIVE_DRIVE_H
#define DRIVE_DRIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drive/drive_facts.h"
#include "util/fail.h"
#include "util/message.h"

struct drive;

/* True where path is, after resolving links, a drive that burns (a block device of the sr driver,
 * or what libburn takes as a drive). */
bool drive_is_one(const char *path);

/* Where the tracks of data begin that the medium in the drive has, at most max, ascending,
 * sessions that were broken off among them; returns how many, 0 also where there is no answer.
 * libburn is not needed.
 */
enum { DRIVE_TRACKS_MAX = 128 };
size_t drive_tracks(const char *path, uint64_t *lbas, size_t max);

/* Grabs the drive, pulls in its tray and looks at the medium. FAIL_DRIVE with a message of its own
 * for: not there, another kind of device, no permission (names the group that owns the device),
 * busy, mounted. A drive that a killed run left locked is unlocked by drive_close. m is borrowed
 * until then. NULL with f filled. The caller closes. */
struct drive *drive_open(const char *path, const struct messages *m, struct fail *f);

struct drive_facts drive_facts(const struct drive *d);

/* True where some places behind the first n_bytes of a medium that may_hold_old show that it does;
 * they are read, which takes seconds. */
bool drive_look_behind(const struct drive *d, uint64_t n_bytes);

/* Releases the drive, ejects when asked, and finishes libburn. NULL does nothing. */
void drive_close(struct drive *d, bool eject);

/* Releases and grabs the drive again, with the tray out and in where it can, so that kernel and
 * libburn see the medium's new contents. */
int drive_reload(struct drive *d, struct fail *f);

#endif
