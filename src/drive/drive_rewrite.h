/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes single blocks of a medium that is written in place (DVD+RW, DVD-RAM, BD-RE, DVD-RW in
 * restricted overwrite). */
#ifndef DRIVE_DRIVE_REWRITE_H
#define DRIVE_DRIVE_REWRITE_H

#include <stdint.h>

#include "util/fail.h"

struct drive;

/* Overwrites n blocks from lba on: reads the ECC blocks or clusters that hold them, writes these
 * with the new blocks in them, flushes the drive's cache, grabs the drive again (so that the kernel
 * sees the new ones), and compares. Where that fails the old blocks are written again, if they can
 * be. FAIL_DRIVE, and nothing done, on a medium that is written once; main thread only. 0 or -1. */
int drive_rewrite(struct drive *d, uint64_t lba, uint32_t n, const uint8_t *blocks, struct fail *f);

#endif
