/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libburn itself: started for the first drive, finished after the last, its messages collected.
 *
 * Nothing is printed to stderr and no signal handler is installed. What libburn complains about is
 * kept in a struct complaint, the first one, which is the cause; later ones are its consequences.
 * Main thread only (libburn's own threads only queue messages).
 */
#ifndef DRIVE_LIBRARY_H
#define DRIVE_LIBRARY_H

#include <stdbool.h>

#include "drive/sense.h"
#include "util/fail.h"
#include "util/message.h"

struct complaint {
	bool is_set;
	bool is_thread_ended; /* libburn's writing thread gave its last word */
	int code;             /* libburn's own number of the message (libdax_msgs.h) */
	int sys_errno;        /* 0 for none */
	struct sense sense;   /* what the drive said; key 0 for nothing */
	char text[512];       /* libburn's words, one line */
};

/* Messages of libburn that say which step failed. */
enum {
	COMPLAINT_NO_TRANSFER = 0x0002010c,
	COMPLAINT_RANGE = 0x0002012d,
	COMPLAINT_LATE = 0x0002014d, /* told only by a later command */
	COMPLAINT_CLOSE = 0x0002017e,
	COMPLAINT_FLUSH = 0x0002017f,
	COMPLAINT_LOST = 0x000201a6,
	COMPLAINT_ENDED = 0x00020178,
	COMPLAINT_TRANSPORT = 0x000201a7,
	COMPLAINT_DRIVER = 0x000201a8,
};

/* Starts libburn, or counts one more user. 0, or -1 with f filled. */
int library_start(struct fail *f);

/* The version that is linked, as "MAJOR.MINOR.MICRO". */
void library_version(char out[32]);

/* Counts one user fewer; the last one finishes libburn. All drives must have been released. */
void library_finish(void);

/* Takes all messages that are queued: the first grave one into c (unless it has one), warnings to
 * m. */
void library_collect(struct complaint *c, const struct messages *m);

/* Drops what is queued. */
void library_drop(void);

#endif
