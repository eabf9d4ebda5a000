/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns a directory record into a node: its name, type, times, owner, target, attributes. Where its
 * bytes lie is not looked at (iso/disc_listing.h). What does not make sense becomes the node's
 * damage. */
#ifndef ISO_DISC_RECORD_H
#define ISO_DISC_RECORD_H

#include <stdint.h>

#include "iso/directory_record.h"
#include "iso/disc_memory.h"
#include "iso/disc_name.h"
#include "iso/disc_node.h"
#include "iso/rock_ridge.h"
#include "iso/descriptors.h"
#include "util/fail.h"

/* Fills in all except the name, the inode and the extents; what the node points to is memory's. 0,
 * or -1 with f filled: no memory, or too much of it. */
int disc_record_take(struct disc_node *node, const struct rock_ridge *fields,
	const struct directory_record *record, struct disc_memory *memory, struct fail *f);

/* Fills in the name that is shown, which is always one that a file can have. The same failures. */
int disc_record_take_name(struct disc_node *node, const struct rock_ridge *fields,
	const struct directory_record *record, enum disc_tree_kind kind, struct disc_memory *memory,
	struct fail *f);

/* The same for a name that is decoded, and may be changed. */
int disc_record_keep_name(struct disc_node *node, char name[DISC_NAME_MAX],
	struct disc_memory *memory, struct fail *f);

/* Where the node, otherwise filled in, stands among the inodes. place: of the record on the medium,
 * in bytes. */
uint64_t disc_record_inode(const struct disc_node *node, const struct rock_ridge *fields,
	const struct directory_record *record, uint64_t place);

#endif
