/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/disc_node.h"

#include <string.h>

void disc_node_damage(struct disc_node *node, const char *what)
{
	if (!node->damage)
		node->damage = what;
}

int disc_node_is_same_file(const struct disc_node *a, const struct disc_node *b)
{
	if (a->inode != b->inode || !S_ISREG(a->mode) || a->mode != b->mode ||
		a->n_bytes != b->n_bytes || a->n_pieces != b->n_pieces || a->uid != b->uid ||
		a->gid != b->gid || a->mtime != b->mtime || a->n_attributes != b->n_attributes)
		return 0;
	/* what lies in the same blocks has the same bytes */
	return a->n_pieces == 0 ||
	       memcmp(a->pieces, b->pieces, a->n_pieces * sizeof *a->pieces) == 0;
}
