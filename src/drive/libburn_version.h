/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The version of libburn that is linked, for --version. */
#ifndef DRIVE_LIBBURN_VERSION_H
#define DRIVE_LIBBURN_VERSION_H

/* Writes "MAJOR.MINOR.MICRO" into out. */
void libburn_version(char out[32]);

#endif
