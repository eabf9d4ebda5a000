/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds healing data to a volume that stands in a file: reads it once for the tree and once for each
 * code, in strips of all columns, so that memory is bounded whatever the size. */
#ifndef HEAL_HEAL_ENCODER_H
#define HEAL_HEAL_ENCODER_H

#include "heal/block_tree.h"
#include "heal/heal_record.h"
#include "util/fail.h"
#include "util/progress.h"

/* All borrowed. */
struct heal_file {
	int fd; /* for reading and writing; the volume begins at 0 */
	const char *name;
	const struct block_tree_hash *hash;
	const struct progress_watch *watch; /* may be NULL */
};

/* Writes all that stands behind the volume, but for the records, and nothing before its end: the
 * file then ends with its last block filled up, zeros in the gaps, and the room for the records. r
 * has layout, id and salt, and gets root and check_root. In place of the last record stands one
 * without a root meanwhile, so that what a kill leaves is known. A caught signal ends it. 0, or -1
 * with f filled: the file is as long as it got. */
int heal_encoder_write(const struct heal_file *file, struct heal_record *r, struct fail *f);

/* Writes the records behind the volume, with what explains them. 0, or -1 with f filled. */
int heal_encoder_write_records(
	const struct heal_file *file, const struct heal_record *r, struct fail *f);

#endif
