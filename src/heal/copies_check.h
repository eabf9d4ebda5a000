/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares what no digest is of with what it has to be: the records, dm-verity's superblock, the
 * copies of the header and of the tree's upper levels, and the zeros between the areas. */
#ifndef HEAL_COPIES_CHECK_H
#define HEAL_COPIES_CHECK_H

#include "heal/heal_record.h"
#include "heal/tree_check.h"
#include "util/fail.h"

/* Gives each of these blocks its state, after volume and tree have theirs: where what it is a copy
 * of is not right, it is unknown. r has all that the disc's records say. A caught signal ends it.
 * 0, or -1 with f filled. */
int copies_check_run(struct tree_check *c, const struct heal_record *r, struct fail *f);

#endif
