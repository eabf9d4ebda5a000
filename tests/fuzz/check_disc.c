/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check_disc.h"

#include <string.h>

#include "disc/examine.h"
#include "fuzz.h"
#include "iso/block_owners.h"
#include "iso/disc_walk.h"

static void check_node(const struct disc_files *files, const struct disc_node *node)
{
	uint8_t bytes[5000];
	size_t n;
	struct fail f = { 0 };

	FUZZ_MUST(*node->name && !strchr(node->name, '/') && strcmp(node->name, ".") != 0 &&
		  strcmp(node->name, "..") != 0 && strlen(node->name) < 256);
	FUZZ_MUST(node->n_links > 0 && (!node->target || S_ISLNK(node->mode)));
	FUZZ_MUST(!node->target || (*node->target && strlen(node->target) == node->n_bytes));
	for (uint32_t i = 0; i < node->n_attributes; i++)
		FUZZ_MUST(*node->attributes[i].name &&
			  (!node->attributes[i].n_value || node->attributes[i].value));
	if (!S_ISREG(node->mode))
		return;
	if (disc_files_read(files, node, 1, sizeof bytes, bytes, &n, &f) == 0)
		FUZZ_MUST(n <= sizeof bytes && n <= node->n_bytes);
	else
		FUZZ_MUST(fail_is_set(&f));
	f = (struct fail){ 0 };
	FUZZ_MUST(disc_files_read(files, node, node->n_bytes, 1, bytes, &n, &f) == 0 && n == 0);
}

/* Each node once, and each directory once. */
static void check_files(struct block_reader *blocks)
{
	struct fail f = { 0 };
	struct disc_files *files = disc_files_open(blocks, 0, &f);
	struct disc_walk walk;
	struct disc_walk_step step;

	FUZZ_MUST(files || fail_is_set(&f));
	if (!files)
		return;
	FUZZ_MUST(disc_walk_open(&walk, files, NULL, NULL, &f) == 0);
	if (disc_walk_add(&walk, "/", &f) == 0)
		while (disc_walk_next(&walk, &step, &f) > 0)
			for (size_t i = 0; i < step.listing->n_nodes; i++) {
				const struct disc_node *node = step.listing->nodes[i];

				check_node(files, node);
				FUZZ_MUST(i == 0 ||
					  strcmp(step.listing->nodes[i - 1]->name, node->name) < 0);
				FUZZ_MUST(disc_listing_find(step.listing, node->name) == node);
				FUZZ_MUST(*disc_walk_path(&walk, step.directory, node->name));
			}
	disc_walk_close(&walk);
	disc_files_close(files);
}

static void check_path(void *ctx, const struct block_range *range, const char *path)
{
	const struct block_range *ranges = ctx;

	FUZZ_MUST(*path == '/' && range->n_files + range->n_directories > 0 &&
		  (range == ranges || range == ranges + 1));
}

void check_disc(struct block_reader *blocks)
{
	const struct volume clear = { .payload_offset = 0 };
	struct examine x = { .blocks = blocks, .medium = blocks, .volume = &clear };
	struct examine_result result;
	struct block_range ranges[2] = { { .lba = 30, .n_blocks = 1 }, { .n_blocks = 64 } };
	struct fail f = { 0 };

	check_files(blocks);
	FUZZ_MUST(examine_disc(&x, &result, &f) == 0 || fail_is_set(&f));
	FUZZ_MUST(fail_is_set(&f) || result.n_blocks <= blocks->n_blocks);
	f = (struct fail){ 0 };
	FUZZ_MUST(block_owners_find(blocks, 0, ranges, 2, check_path, ranges, &f) == 0 ||
		  fail_is_set(&f));
}
