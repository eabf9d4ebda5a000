/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Follows the symbolic links of a path on a disc, as the kernel does where the disc is mounted, but
 * never out of the disc. */
#ifndef ISO_DISC_RESOLVE_H
#define ISO_DISC_RESOLVE_H

#include "iso/disc_files.h"

/* The path without links, from the root, of what path (likewise) leads to: heap, the caller frees.
 * NULL: nothing is there, a link leads out of the disc or in a circle, the path and its links have
 * more than 256 names, or there is no memory. */
char *disc_resolve(const struct disc_files *d, const char *path);

#endif
