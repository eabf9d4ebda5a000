/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting libisofs, and its errors as failures. Main thread only.
 *
 * libisofs prints nothing; its messages are queued and fetched here. Names are taken as UTF-8 for
 * what has to be converted (Joliet), in whatever locale the program runs. */
#ifndef TREE_IMAGE_LIBRARY_H
#define TREE_IMAGE_LIBRARY_H

#include "util/fail.h"

struct iso_write_opts;

/* Starts libisofs; each start needs a stop, the last of which finishes it. 0, or -1 with f filled.
 */
int image_library_start(struct fail *f);
void image_library_stop(void);

/* What all images are like: Rock Ridge, Joliet, files of any size, in the order of their weights.
 * iso_write_opts_free frees. NULL without memory. */
struct iso_write_opts *image_library_options(void);

/* The version that is linked, as "MAJOR.MINOR.MICRO". */
void image_library_version(char out[32]);

/* Fills f with what libisofs says about its error number (FAIL_FAILED), and empties its queue of
 * messages. Any thread that uses libisofs. Always returns -1. */
int image_library_fail(struct fail *f, int error, const char *object, const char *what);

#endif
