/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a session is burned, as far as that can be chosen. */
#ifndef DRIVE_SESSION_OPTIONS_H
#define DRIVE_SESSION_OPTIONS_H

#include <stdbool.h>

enum write_type { WRITE_AUTO, WRITE_TAO, WRITE_SAO, WRITE_DAO, WRITE_INCREMENTAL };

struct session_options {
	enum write_type write_type;
	double speed;     /* multiples of the medium's 1x; 0: the drive's choice */
	bool dummy;       /* simulated write */
	bool multi;       /* leave the medium appendable */
	bool after_blank; /* for needs only: a used rewritable is about to be blanked (fast), and
			     is treated as if it were */
	bool overwrite;   /* an overwritable medium may lose what it holds (else it is refused) */
};

#endif
