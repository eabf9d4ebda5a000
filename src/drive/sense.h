/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a drive says when a command fails (sense data: SPC-3, 4.5; the codes: MMC-5, annex F), in a
 * user's words. Pure functions, any thread. */
#ifndef DRIVE_SENSE_H
#define DRIVE_SENSE_H

#include <stddef.h>

/* Sense keys (SPC-3, table 27). */
enum {
	SENSE_NONE = 0,
	SENSE_MEDIUM_ERROR = 3,
	SENSE_ILLEGAL_REQUEST = 5,
	SENSE_UNIT_ATTENTION = 6,
	SENSE_PROTECTED = 7,
};

/* Session fixation error (MMC-5, annex F). */
enum { SENSE_ASC_FULL = 0x63, SENSE_ASC_CLOSING = 0x72 };

struct sense {
	unsigned key, asc, ascq; /* key 0: the drive said nothing */
};

/* Finds "[K AA QQ]" in one of libburn's messages; all 0 where there is none. */
struct sense sense_parse(const char *text);

/* What it means, as part of a sentence ("the medium can't be written there"); NULL if nothing more
 * is known than the codes themselves. */
const char *sense_words(struct sense s);

/* True where it says that no medium is (any more) in the drive. */
int sense_is_medium_gone(struct sense s);

#endif
