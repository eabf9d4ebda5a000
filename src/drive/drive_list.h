/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The optical drives of this machine, found without pulling in trays or spinning up media.
 *
 * A drive that another program uses, or that the user may not open, is listed with what the kernel
 * knows of it, and with the reason. Main thread only, while no drive is open.
 */
#ifndef DRIVE_DRIVE_LIST_H
#define DRIVE_DRIVE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "util/fail.h"

struct drive_entry {
	char path[40];
	char vendor[9], model[17], revision[5]; /* INQUIRY; may be empty */
	bool is_accessible;
	char problem[1100]; /* why it can't be used now; "" where it can */
	char writes[160]; /* kinds of media it writes, as "CD-R, CD-RW"; "" : none, or not known */
};

/* All drives in the order of their numbers, as a heap array that the caller frees. 0 (with n 0
 * where there is none), or -1 with f filled. */
int drive_list(struct drive_entry **entries, size_t *n, struct fail *f);

#endif
