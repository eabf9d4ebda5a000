/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names the files that lie in what a repair could not bring back. */
#ifndef JOB_LOST_FILES_H
#define JOB_LOST_FILES_H

#include "disc/disc.h"
#include "job/healing.h"
#include "util/message.h"

/* The image in fd is as whole as it gets; h has what is lost of it, and disc is the damaged one, as
 * it was opened. A warning for each file and directory, and one for what is not theirs. */
void lost_files_tell(int fd, const struct healing *h, struct disc *disc, const struct messages *m);

#endif
