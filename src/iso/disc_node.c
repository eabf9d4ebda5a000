/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/disc_node.h"

#include <stdbool.h>
#include <string.h>

#include "util/sector.h"
#include "util/size.h"

uint64_t disc_node_place(const struct disc_node *node)
{
	for (uint32_t i = 0; i < node->n_extents; i++)
		if (node->extents[i].lba != DISC_HOLE)
			return (uint64_t)node->extents[i].lba * BLOCK_BYTES + node->extents[i].skip;
	return 0;
}

uint64_t disc_node_extent_blocks(const struct disc_extent *extent)
{
	if (extent->lba == DISC_HOLE)
		return 0;
	return size_round_up((uint64_t)extent->skip + extent->n_bytes, BLOCK_BYTES) / BLOCK_BYTES;
}

uint64_t disc_node_bytes_there(const struct disc_node *node, uint64_t n_blocks)
{
	uint64_t n_bytes = 0;

	for (uint32_t i = 0; i < node->n_extents; i++) {
		const struct disc_extent *p = &node->extents[i];
		uint64_t room = p->lba < n_blocks ? (n_blocks - p->lba) * BLOCK_BYTES - p->skip : 0;

		if (room < p->n_bytes && p->lba != DISC_HOLE)
			return node->zisofs.block_log2 ? 0 : n_bytes + room;
		n_bytes += p->n_bytes;
	}
	return node->zisofs.block_log2 ? node->n_bytes : n_bytes;
}

uint64_t disc_node_stored_bytes(const struct disc_node *node)
{
	uint64_t n_bytes = 0;

	for (uint32_t i = 0; i < node->n_extents; i++)
		n_bytes += node->extents[i].n_bytes;
	return n_bytes;
}

uint64_t disc_node_weight(const struct disc_node *node)
{
	uint64_t n_bytes = 0, least = node->n_bytes / 1024;

	for (uint32_t i = 0; i < node->n_extents; i++)
		if (node->extents[i].lba != DISC_HOLE)
			n_bytes += node->extents[i].n_bytes;
	n_bytes = n_bytes < node->n_bytes ? n_bytes : node->n_bytes;
	return n_bytes > least ? n_bytes : least;
}

bool disc_node_is_in_one_piece(const struct disc_node *node)
{
	if (node->zisofs.block_log2)
		return false;
	for (uint32_t i = 0; i < node->n_extents; i++) {
		const struct disc_extent *e = &node->extents[i], *last = e - 1;

		if (e->lba == DISC_HOLE || e->skip)
			return false;
		if (i && (last->n_bytes % BLOCK_BYTES ||
				 e->lba != last->lba + (uint64_t)last->n_bytes / BLOCK_BYTES))
			return false;
	}
	return true;
}

void disc_node_damage(struct disc_node *node, const char *what)
{
	if (!node->damage)
		node->damage = what;
}

void disc_node_hurt(struct disc_node *node, const char *what)
{
	disc_node_damage(node, what);
	node->is_hurt = true;
	node->is_cut = false;
}

void disc_node_cut(struct disc_node *node)
{
	disc_node_damage(node, "lies beyond the end of the medium");
	node->is_cut = node->is_cut || !node->is_hurt;
	node->is_hurt = true;
}

bool disc_node_is_lost(const struct disc_node *node, uint64_t n_blocks)
{
	return node->is_hurt && (!node->is_cut || disc_node_bytes_there(node, n_blocks) == 0);
}

uint32_t disc_node_serial(const struct disc_node *node)
{
	return node->inode >> 32 ? 0 : (uint32_t)node->inode;
}

/* What has no bytes: its place tells nothing. */
static bool is_same_special(const struct disc_node *a, const struct disc_node *b)
{
	if (!disc_node_serial(a) || a->device != b->device || !a->target != !b->target)
		return false;
	return !S_ISDIR(a->mode) && (!a->target || !strcmp(a->target, b->target));
}

int disc_node_is_same_file(const struct disc_node *a, const struct disc_node *b)
{
	if (a->inode != b->inode || a->mode != b->mode || a->n_bytes != b->n_bytes ||
		a->n_extents != b->n_extents || a->uid != b->uid || a->gid != b->gid ||
		a->mtime != b->mtime || a->n_attributes != b->n_attributes)
		return 0;
	if (!S_ISREG(a->mode))
		return is_same_special(a, b);
	/* what lies in the same blocks has the same bytes */
	return a->n_extents == 0 ||
	       memcmp(a->extents, b->extents, a->n_extents * sizeof *a->extents) == 0;
}
