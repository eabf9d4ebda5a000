/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares what a disc has of a file's extended attributes and ACLs with what burning that file
 * records: the "user." ones, the POSIX ACLs, and where that is wanted the privileged ones
 * (iso/file_attributes.h). */
#ifndef DISC_ATTRIBUTE_COMPARE_H
#define DISC_ATTRIBUTE_COMPARE_H

#include <stdbool.h>

#include "iso/disc_node.h"
#include "iso/file_attributes.h"

/* What differs, a static text; NULL: nothing. there: what file_attributes_read found with the same
 * with_privileged, NULL for none. */
const char *attribute_compare(const struct disc_node *node, const struct file_attributes *there,
	bool with_acls, bool with_privileged);

#endif
