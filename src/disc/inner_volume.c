/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/inner_volume.h"

#include <sys/stat.h>

#include "iso/disc_files.h"
#include "util/block_reader.h"
#include "util/sector.h"

static struct block_reader *open_node(struct block_reader *disc, const struct disc_node *node,
	const char *path, uint64_t *first, struct fail *f)
{
	uint64_t n_blocks = node->n_bytes / BLOCK_BYTES;
	struct block_reader *volume;

	if (!S_ISREG(node->mode) || n_blocks == 0) {
		fail_set(f, FAIL_MISMATCH, path, "is not a file that can contain a volume");
		return NULL;
	}
	*first = node->extents->lba;
	if (!disc_node_is_in_one_piece(node) || *first > disc->n_blocks ||
		n_blocks > disc->n_blocks - *first) {
		fail_set(f, FAIL_MISMATCH, path, "is not stored on the disc in one piece");
		return NULL;
	}
	volume = block_reader_window(disc, *first, n_blocks, f);
	if (volume)
		volume->n_tail_bytes = (uint32_t)(node->n_bytes % BLOCK_BYTES);
	return volume;
}

struct block_reader *inner_volume_open(
	struct block_reader *disc, size_t memory, const char *path, uint64_t *first, struct fail *f)
{
	struct disc_files *files = disc_files_open(disc, memory, f);
	struct disc_listing *holder = NULL;
	const struct disc_node *node = files ? disc_files_find(files, path, &holder, f) : NULL;
	struct block_reader *volume = node ? open_node(disc, node, path, first, f) : NULL;

	disc_listing_free(holder);
	disc_files_close(files);
	return volume;
}
