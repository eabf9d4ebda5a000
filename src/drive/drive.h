/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An optical drive and the medium in it, through libburn. Main thread only, one drive at a time.
 *
 * libburn is started by the first drive_open and finished by the last drive_close. Its messages are
 * turned into failures and warnings; its own signal handler and its printing to stderr stay off.
 */
#ifndef DRIVE_DRIVE_H
#define DRIVE_DRIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/fail.h"
#include "util/message.h"

struct drive;

enum medium_state {
	MEDIUM_NONE,  /* no medium, or an open tray */
	MEDIUM_BLANK, /* ready for a first session; also what can be overwritten at will and holds
			 nothing */
	MEDIUM_APPENDABLE,   /* holds data, another session fits */
	MEDIUM_CLOSED,       /* holds data, takes nothing more */
	MEDIUM_OVERWRITABLE, /* DVD+RW, DVD-RAM, BD-RE, formatted DVD-RW: written anew from the
				start */
	MEDIUM_UNSUITABLE,   /* audio, unreadable, damaged, of a kind that can't be written */
};

struct drive_facts {
	bool is_burner;                         /* writes media of some kind */
	char vendor[9], model[17], revision[5]; /* INQUIRY (SPC-3, 6.4) */
	char path[256];
	char medium[80]; /* the profile's name, such as "DVD+R" (MMC-5, table 91) */
	int profile;     /* its number; 0: none */
	enum medium_state state;
	bool is_erasable;
	bool can_be_blanked;    /* holds something, and blank_medium makes it ready for a burn; also
				   one that a broken burn left unreadable */
	bool can_simulate;      /* Test Write with this medium */
	uint64_t n_blocks_free; /* that a burn from the next writable address may use */
	uint64_t n_blocks_used; /* readable */
	uint64_t n_blocks_empty; /* what a burn could use if it were blank; 0: not known */
};

/* True where path is, after resolving links, a drive that burns (a block device of the sr driver,
 * or what libburn takes as a drive). */
bool drive_is_one(const char *path);

/* Grabs the drive, pulls in its tray and looks at the medium. FAIL_DRIVE with a message of its own
 * for: not there, another kind of device, no permission (names the group that owns the device),
 * busy, mounted. A drive that a killed run left locked is unlocked by drive_close. m is borrowed
 * until then. NULL with f filled. The caller closes. */
struct drive *drive_open(const char *path, const struct messages *m, struct fail *f);

struct drive_facts drive_facts(const struct drive *d);

/* Releases the drive, ejects when asked, and finishes libburn. NULL does nothing. */
void drive_close(struct drive *d, bool eject);

/* Releases and grabs the drive again, with the tray out and in where it can, so that kernel and
 * libburn see the medium's new contents. */
int drive_reload(struct drive *d, struct fail *f);

#endif
