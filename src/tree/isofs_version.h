/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The version of libisofs that is linked, for --version. */
#ifndef TREE_ISOFS_VERSION_H
#define TREE_ISOFS_VERSION_H

/* Writes "MAJOR.MINOR.MICRO" into out. */
void isofs_version(char out[32]);

#endif
