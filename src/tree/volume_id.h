/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The name of an ISO 9660 volume (ECMA-119, 8.4.7), as users give it. */
#ifndef TREE_VOLUME_ID_H
#define TREE_VOLUME_ID_H

#include "util/fail.h"

/* The default volume id. */
#define VOLUME_ID_DEFAULT "XBURNCRYPT"

/* Up to 32 characters of printable ASCII, which is more than the standard allows and what all
 * systems show. 0, or -1 with f filled (FAIL_USAGE). */
int volume_id_check(const char *id, struct fail *f);

#endif
