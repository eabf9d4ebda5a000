/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the medium through the drive (READ commands; not the kernel's block layer, which may still
 * know an older medium). */
#ifndef DRIVE_DRIVE_READER_H
#define DRIVE_DRIVE_READER_H

#include "util/block_reader.h"
#include "util/fail.h"

struct drive;

/* All readable blocks: drive_facts' n_blocks_used. A block that can't be read is tried once more by
 * itself and then is the failure's object ("LBA n"). The last two blocks of a CD track written at
 * once are run-out and can't be read: stop at the known size. The drive must outlive the reader,
 * with no burn or reload meanwhile. Main thread only. NULL with f filled. */
struct block_reader *drive_reader_new(struct drive *d, struct fail *f);

#endif
