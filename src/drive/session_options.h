/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a session is burned, as far as that can be chosen. */
#ifndef DRIVE_SESSION_OPTIONS_H
#define DRIVE_SESSION_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum write_type { WRITE_AUTO, WRITE_TAO, WRITE_SAO, WRITE_DAO, WRITE_INCREMENTAL };

/* How much of a rewritable medium that holds data is blanked. */
enum blanking { BLANK_NOTHING, BLANK_FAST, BLANK_ALL };

struct session_options {
	enum write_type write_type;
	double speed; /* multiples of the medium's 1x; 0: the drive's choice */
	bool no_tail; /* no zeros behind the data on a CD: it must be burned in one go */
	bool dummy;   /* simulated write */
	bool multi;   /* leave the medium appendable */
	bool appends; /* a further session behind what the medium holds: on one that is written once
			 (which is closed then, without multi), or from start_lba on */
	uint64_t start_lba;        /* with appends, on media written in place: a multiple of 32 */
	enum blanking after_blank; /* for needs only: a used rewritable is about to be blanked so,
				      and is treated as if it were */
	bool overwrite; /* an overwritable medium may lose what it holds (else it is refused) */
};

#endif
