/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/disc_files.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iso/descriptors.h"
#include "util/sector.h"

enum { READ_BLOCKS_MAX = 4096 };

struct disc_files {
	struct disc_listing_way way;
	struct disc_node root;
	struct arena arena;
	uint64_t n_blocks;
	char damage[160];
};

static int open_tree(struct disc_files *d, const struct disc_tree *tree, struct fail *f)
{
	arena_clear(&d->arena);
	return disc_listing_find_way(&d->way, tree, &d->root, &d->arena, f);
}

/* Which tree is shown, once the first one is open. There are discs that have their files in the
 * Joliet tree only, beside an empty one with Rock Ridge. */
static unsigned find_shown(const struct disc_files *d, const struct descriptors *v)
{
	bool has_names = d->way.skip >= 0 && disc_listing_has_any(&d->way, &d->root);

	for (unsigned i = 1; i < v->n_trees && !has_names; i++)
		if (v->trees[i].kind == DISC_TREE_JOLIET)
			return i;
	return 0;
}

void disc_files_tell_truncated(struct disc_files *d)
{
	snprintf(d->damage, sizeof d->damage,
		"the file system is truncated: it records %llu blocks, but the medium "
		"has only %llu",
		(unsigned long long)d->n_blocks, (unsigned long long)d->way.blocks->n_blocks);
}

/* Opens the tree that is shown, or a hidden one. 1: there is none of that index. */
static int open_files(struct disc_files *d, bool is_hidden, unsigned index, struct fail *f)
{
	struct block_reader *blocks = d->way.blocks;
	struct descriptors v;
	unsigned shown;

	if (descriptors_read(&v, blocks, f) || open_tree(d, &v.trees[0], f))
		return -1;
	d->n_blocks = v.n_blocks;
	memcpy(d->damage, v.damage, sizeof v.damage);
	if (v.n_blocks > blocks->n_blocks + DESCRIPTORS_PADDING_BLOCKS)
		disc_files_tell_truncated(d);
	shown = find_shown(d, &v);
	if (!is_hidden)
		index = shown;
	else if (index >= shown)
		index++;
	if (index >= v.n_trees)
		return 1;
	return index ? open_tree(d, &v.trees[index], f) : 0;
}

static struct disc_files *open_new(
	struct block_reader *blocks, size_t memory, bool is_hidden, unsigned index, struct fail *f)
{
	struct disc_files *d = calloc(1, sizeof *d);

	if (!d) {
		fail_memory(f);
		return NULL;
	}
	d->way.blocks = blocks;
	d->way.memory = memory ? memory : DISC_MEMORY_DEFAULT;
	if (open_files(d, is_hidden, index, f) == 0)
		return d;
	disc_files_close(d);
	return NULL;
}

struct disc_files *disc_files_open(struct block_reader *blocks, size_t memory, struct fail *f)
{
	return open_new(blocks, memory, false, 0, f);
}

struct disc_files *disc_files_open_hidden(
	struct block_reader *blocks, size_t memory, unsigned index, struct fail *f)
{
	return open_new(blocks, memory, true, index, f);
}

const char *disc_files_damage(const struct disc_files *d)
{
	return d->damage[0] ? d->damage : NULL;
}

uint64_t disc_files_n_blocks(const struct disc_files *d)
{
	return d->n_blocks;
}

uint64_t disc_files_n_blocks_there(const struct disc_files *d)
{
	return d->way.blocks->n_blocks;
}

size_t disc_files_memory(const struct disc_files *d)
{
	return d->way.memory;
}

const struct disc_node *disc_files_root(const struct disc_files *d)
{
	return &d->root;
}

struct disc_listing *disc_files_list(
	const struct disc_files *d, const struct disc_node *dir, struct fail *f)
{
	return disc_listing_read(&d->way, dir, f);
}

static const struct disc_node *not_found(const char *path, int why, struct fail *f)
{
	errno = why;
	fail_errno(f, FAIL_FAILED, path, "can't be found on the disc");
	return NULL;
}

const struct disc_node *disc_files_find(
	const struct disc_files *d, const char *path, struct disc_listing **holder, struct fail *f)
{
	const struct disc_node *node = &d->root;
	struct disc_listing *l = NULL, *next;
	char name[256];

	*holder = NULL;
	for (const char *at = path; *at && node;) {
		size_t n = strcspn(at, "/");

		snprintf(name, sizeof name, "%.*s", n < sizeof name ? (int)n : 0, at);
		at += n;
		at += strspn(at, "/");
		if (n == 0 || !strcmp(name, "."))
			continue;
		if (!S_ISDIR(node->mode)) {
			node = not_found(path, ENOTDIR, f);
			break;
		}
		next = disc_files_list(d, node, f);
		disc_listing_free(l);
		l = next;
		node = l ? disc_listing_find(l, name) : NULL;
		if (l && !node)
			not_found(path, ENOENT, f);
	}
	if (!node) {
		disc_listing_free(l);
		l = NULL;
	}
	*holder = l;
	return node;
}

/* Bytes of one block. */
static int read_part(const struct disc_files *d, uint64_t lba, size_t from, size_t n, uint8_t *buf,
	struct fail *f)
{
	uint8_t block[BLOCK_BYTES];

	if (block_reader_read(d->way.blocks, lba, 1, block, f))
		return -1;
	memcpy(buf, block + from, n);
	return 0;
}

/* n bytes from offset on, all of which are in the extent. */
static int read_extent(const struct disc_files *d, const struct disc_extent *extent,
	uint64_t offset, size_t n, uint8_t *buf, struct fail *f)
{
	while (n) {
		uint64_t lba = extent->lba + offset / BLOCK_BYTES;
		size_t from = offset % BLOCK_BYTES, take;
		int ret;

		if (from || n < BLOCK_BYTES) {
			take = n < BLOCK_BYTES - from ? n : BLOCK_BYTES - from;
			ret = read_part(d, lba, from, take, buf, f);
		} else {
			size_t n_blocks = n / BLOCK_BYTES;

			n_blocks = n_blocks < READ_BLOCKS_MAX ? n_blocks : READ_BLOCKS_MAX;
			take = n_blocks * BLOCK_BYTES;
			ret = block_reader_read(d->way.blocks, lba, (uint32_t)n_blocks, buf, f);
		}
		if (ret)
			return -1;
		buf += take;
		offset += take;
		n -= take;
	}
	return 0;
}

int disc_files_read(const struct disc_files *d, const struct disc_node *file, uint64_t offset,
	size_t n, uint8_t *buf, size_t *n_read, struct fail *f)
{
	uint64_t start = 0;

	*n_read = 0;
	for (uint32_t i = 0; i < file->n_extents && n; start += file->extents[i++].n_bytes) {
		const struct disc_extent *extent = &file->extents[i];
		uint64_t in = offset - start;
		size_t take;

		if (offset < start || in >= extent->n_bytes)
			continue;
		take = n < extent->n_bytes - in ? n : (size_t)(extent->n_bytes - in);
		if (read_extent(d, extent, in, take, buf, f))
			return -1;
		buf += take;
		n -= take;
		offset += take;
		*n_read += take;
	}
	return 0;
}

void disc_files_close(struct disc_files *d)
{
	if (!d)
		return;
	arena_clear(&d->arena);
	free(d);
}
