/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether something is in a directory as extracting it would make it. Nothing is followed or
 * changed. Main thread. */
#ifndef DISC_EQUAL_NODE_H
#define DISC_EQUAL_NODE_H

#include <stdbool.h>

#include "disc/restore.h"
#include "iso/disc_node.h"

/* True where name is there as restore_node would make it: type, contents, mode, times of change,
 * link target, attributes and ACLs, and for root the owner; of a directory not what is in it. False
 * also where that can't be told.
 * Where the file system does not take all of that, as FAT, it is what it takes that is compared,
 * and problem, empty before, is what it does not. */
bool equal_node_is_there(struct restore *r, int dir_fd, const char *name,
	const struct disc_node *node, struct fail *problem);

#endif
