/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The version of libisofs that is linked, for --version. */
#ifndef IMAGE_ISOFS_VERSION_H
#define IMAGE_ISOFS_VERSION_H

/* Writes "MAJOR.MINOR.MICRO" into out. */
void isofs_version(char out[32]);

#endif
