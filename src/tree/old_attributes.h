/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The extended attributes and ACLs of what a disc has, in the form that the scan of the sources
 * gives (iso/file_attributes.h). */
#ifndef TREE_OLD_ATTRIBUTES_H
#define TREE_OLD_ATTRIBUTES_H

#include <stdbool.h>

#include "iso/arena.h"
#include "iso/disc_node.h"
#include "iso/file_attributes.h"

/* *result NULL: none. All memory is the arena's. 0, or -1 without memory. */
int old_attributes_take(
	struct arena *arena, const struct disc_node *node, const struct file_attributes **result);

/* True where both have the same names and values, in any order; NULL: none. */
bool old_attributes_are_same(const struct file_attributes *a, const struct file_attributes *b);

#endif
