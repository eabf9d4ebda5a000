/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libisofs stores of a link, which differs between its versions: up to 1.5.6, Rock Ridge has
 * times in their short form only (iso/disc_time.h), and a target loses a slash at its end. Main
 * thread, libisofs being started. */
#ifndef TREE_STORED_FORM_H
#define TREE_STORED_FORM_H

#include <stdbool.h>

struct stored_form {
	bool has_long_times; /* of the years 0 to 9999 */
	bool has_slashes;    /* at the end of a target */
};

/* Makes an image with the libisofs that is linked, and reads what it has. All false where that
 * fails. */
struct stored_form stored_form_find(void);

#endif
