/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/iso9660_listing.h"

#include <stdlib.h>
#include <string.h>

#include "iso/directory_record.h"
#include "iso/disc_record.h"
#include "iso/large_files.h"
#include "iso/rock_ridge.h"
#include "iso/system_use.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

enum { READ_BLOCKS = 16 };

/* The directory that is being read. */
struct reader {
	const struct iso9660_way *way;
	struct disc_listing *l;
	struct fail *f;
	struct system_use system_use;
	/* the file that goes on in the next record; NULL: none */
	struct disc_node *open;
	struct zisofs zisofs;        /* how it is compressed */
	struct disc_extent *extents; /* heap: of that file */
	uint32_t n_extents, max_extents;
	uint8_t open_name[256];
	size_t n_open_name;
	uint8_t buf[READ_BLOCKS * BLOCK_BYTES];
};

/* The first thing that is wrong stays. */
static void damage_directory(struct reader *r, const char *what)
{
	if (!r->l->damage)
		r->l->damage = what;
}

/* The file that waited for more parts is whole. */
static int finish_open(struct reader *r)
{
	struct disc_node *node = r->open;
	struct disc_extent *extents;

	r->open = NULL;
	if (!node || r->n_extents == 0)
		return 0;
	extents = disc_memory_get(&r->l->memory, r->n_extents * sizeof *extents, r->f);
	if (!extents)
		return -1;
	memcpy(extents, r->extents, r->n_extents * sizeof *extents);
	node->extents = extents;
	node->n_extents = r->n_extents;
	if (r->zisofs.block_log2 && S_ISREG(node->mode)) {
		node->zisofs = r->zisofs;
		node->n_bytes = r->zisofs.n_bytes;
	}
	return 0;
}

/* Adds a part to the open file, or the only one of a directory. */
static int add_extent(struct reader *r, struct disc_node *node, uint32_t lba, uint32_t n_bytes,
	bool is_interleaved)
{
	uint64_t n = size_round_up(n_bytes, BLOCK_BYTES) / BLOCK_BYTES;

	if (n_bytes == 0)
		return 0;
	node->n_bytes += n_bytes;
	if (is_interleaved)
		disc_node_hurt(node, "is an interleaved file, which is not supported");
	else if (lba > r->way->blocks->n_blocks || n > r->way->blocks->n_blocks - lba)
		disc_node_cut(node);
	if (r->n_extents == r->max_extents) {
		uint32_t max = r->max_extents ? 2 * r->max_extents : 16;
		struct disc_extent *extents = realloc(r->extents, max * sizeof *extents);

		if (!extents)
			return fail_memory(r->f);
		r->extents = extents;
		r->max_extents = max;
	}
	if (disc_memory_spend(&r->l->memory, sizeof *r->extents, r->f))
		return -1;
	r->extents[r->n_extents++] = (struct disc_extent){ .lba = lba, .n_bytes = n_bytes };
	return 0;
}

/* The record "." of the directory at lba, which points into block; false where there is none. */
static bool read_dot(const struct iso9660_way *way, uint32_t lba, uint8_t block[BLOCK_BYTES],
	struct directory_record *dot)
{
	return block_reader_read(way->blocks, lba, 1, block, NULL) == 0 &&
	       directory_record_parse(dot, block, BLOCK_BYTES) == 1 && dot->is_dot &&
	       dot->is_directory && dot->lba == lba;
}

/* A directory that Rock Ridge moved: its own "." tells its size, and all else. */
static int find_moved(struct reader *r, struct disc_node *node, uint32_t lba)
{
	uint8_t block[BLOCK_BYTES];
	struct directory_record dot;
	struct rock_ridge fields;

	if (!read_dot(r->way, lba, block, &dot)) {
		disc_node_damage(node, "relocated directory not found");
		return 0;
	}
	if (!system_use_read(&r->system_use, &dot, (size_t)r->way->skip, &fields))
		disc_node_damage(node, "has a damaged directory record");
	if (fields.has_mode && disc_record_take(node, &fields, &dot, &r->l->memory, r->f))
		return -1;
	node->inode = disc_record_inode(node, &fields, &dot, 0);
	return add_extent(r, node, dot.lba, dot.n_bytes, false);
}

/* A further part of the open file. */
static int add_part(struct reader *r, const struct directory_record *record)
{
	struct disc_node *node = r->open;

	if (record->is_directory || record->is_associated != node->is_associated ||
		record->n_name != r->n_open_name ||
		memcmp(record->name, r->open_name, record->n_name) != 0) {
		disc_node_hurt(node, "a further extent of the file is missing");
		return finish_open(r) ? -1 : 1;
	}
	if (add_extent(r, node, record->lba, record->n_bytes, record->is_interleaved))
		return -1;
	return record->continues ? 0 : finish_open(r);
}

/* A directory's size: the kernel takes it from ".", so that there are discs on which it is right
 * only there. */
static uint32_t find_size(const struct reader *r, const struct directory_record *record)
{
	uint8_t block[BLOCK_BYTES];
	struct directory_record dot;

	if (!record->is_directory || record->n_bytes || !read_dot(r->way, record->lba, block, &dot))
		return record->n_bytes;
	return dot.n_bytes;
}

/* Adds all of a file of which the record has no room for the size. 1: it is none. */
static int add_large(
	struct reader *r, struct disc_node *node, const struct directory_record *record)
{
	const struct disc_node *file =
		record->continues ? NULL
				  : large_files_find(r->way->large, record->lba, record->n_bytes);

	for (uint32_t i = 0; file && i < file->n_extents; i++)
		if (add_extent(r, node, file->extents[i].lba, file->extents[i].n_bytes, false))
			return -1;
	return file ? 0 : 1;
}

/* Where the bytes are: of a directory, of a file, of which this may be the first part only. */
static int take_extents(struct reader *r, struct disc_node *node, const struct rock_ridge *fields,
	const struct directory_record *record)
{
	if (fields->child_lba) {
		if (find_moved(r, node, fields->child_lba))
			return -1;
	} else if (S_ISDIR(node->mode) || S_ISREG(node->mode)) {
		int added = S_ISREG(node->mode) ? add_large(r, node, record) : 1;

		if (added > 0)
			added = add_extent(
				r, node, record->lba, find_size(r, record), record->is_interleaved);
		if (added)
			return -1;
		if (S_ISREG(node->mode) && record->continues)
			return 0;
	}
	return finish_open(r);
}

/* All System Use fields of a record; what is damaged is the node's. */
static void read_fields(struct reader *r, struct disc_node *node,
	const struct directory_record *record, struct rock_ridge *fields)
{
	const struct system_use *s = &r->system_use;
	struct disc_listing *l = r->l;

	if (r->way->skip < 0)
		return;
	if (!system_use_read(&r->system_use, record, (size_t)r->way->skip, fields))
		disc_node_damage(node, "has a damaged directory record");
	if (!s->areas_end)
		return;
	l->areas_lba = l->areas_end && l->areas_lba < s->areas_lba ? l->areas_lba : s->areas_lba;
	l->areas_end = l->areas_end > s->areas_end ? l->areas_end : s->areas_end;
}

/* A record that is not "." or "..". place: of the record on the medium, in bytes. */
static int add_record(struct reader *r, const struct directory_record *record, uint64_t place)
{
	struct rock_ridge fields = { .n_name = 0 };
	struct disc_node *node;

	if (r->open) {
		int added = add_part(r, record);

		if (added <= 0)
			return added;
	}
	node = disc_memory_get(&r->l->memory, sizeof *node, r->f);
	if (!node)
		return -1;
	read_fields(r, node, record, &fields);
	if (fields.is_moved)
		return 0;
	if (fields.is_compressed && !fields.zisofs.block_log2)
		disc_node_hurt(node, "is compressed in a way that is not supported");
	if (disc_record_take_name(node, &fields, record, r->way->kind, &r->l->memory, r->f) ||
		disc_record_take(node, &fields, record, &r->l->memory, r->f) ||
		disc_listing_add(r->l, node, r->f))
		return -1;
	node->inode = disc_record_inode(node, &fields, record, place);
	node->is_associated = record->is_associated;
	r->open = node;
	r->zisofs = fields.zisofs;
	r->n_extents = 0;
	memcpy(r->open_name, record->name, record->n_name);
	r->n_open_name = record->n_name;
	return take_extents(r, node, &fields, record);
}

/* All records of a block. */
static int add_block(struct reader *r, const uint8_t *block, uint64_t lba)
{
	for (size_t at = 0; at < BLOCK_BYTES;) {
		struct directory_record record;
		int found = directory_record_parse(&record, block + at, BLOCK_BYTES - at);

		if (found < 0)
			damage_directory(r, "directory is damaged");
		if (found <= 0)
			break;
		if (!record.is_dot && add_record(r, &record, lba * BLOCK_BYTES + at))
			return -1;
		at += record.n_record;
	}
	return 0;
}

/* Reads n blocks of the directory into the buffer; those that can't be read are zeros there. */
static void read_blocks(struct reader *r, uint64_t lba, uint32_t n)
{
	r->l->n_bytes_read += (uint64_t)n * BLOCK_BYTES;
	if (block_reader_read(r->way->blocks, lba, n, r->buf, NULL) == 0)
		return;
	for (uint32_t i = 0; i < n; i++) {
		uint8_t *block = r->buf + (size_t)i * BLOCK_BYTES;

		if (block_reader_read(r->way->blocks, lba + i, 1, block, NULL)) {
			memset(block, 0, BLOCK_BYTES);
			damage_directory(r, "directory can't be read");
		}
	}
}

static int read_all(struct reader *r, const struct disc_extent *at)
{
	uint64_t n_blocks = size_round_up(at->n_bytes, BLOCK_BYTES) / BLOCK_BYTES, rest;

	/* what lies beyond the end of the medium is not there to be read */
	rest = at->lba < r->way->blocks->n_blocks ? r->way->blocks->n_blocks - at->lba : 0;
	if (n_blocks > rest) {
		damage_directory(r, "directory lies beyond the end of the medium");
		n_blocks = rest;
	}
	for (uint64_t done = 0, n; done < n_blocks; done += n) {
		n = n_blocks - done < READ_BLOCKS ? n_blocks - done : READ_BLOCKS;
		if (signals_caught())
			return fail_set(r->f, FAIL_FAILED, "", "interrupted");
		read_blocks(r, at->lba + done, (uint32_t)n);
		for (uint32_t i = 0; i < n; i++)
			if (add_block(r, r->buf + (size_t)i * BLOCK_BYTES, at->lba + done + i))
				return -1;
	}
	if (r->open)
		disc_node_hurt(r->open, "a further extent of the file is missing");
	return finish_open(r);
}

static void free_reader(struct reader *r)
{
	if (!r)
		return;
	system_use_close(&r->system_use);
	free(r->extents);
	free(r);
}

/* For a directory of n_bytes. */
static struct reader *new_reader(
	const struct iso9660_way *way, uint64_t n_bytes, struct disc_listing *l, struct fail *f)
{
	struct reader *r = calloc(1, sizeof *r);

	if (!r) {
		fail_memory(f);
		return NULL;
	}
	r->way = way;
	r->l = l;
	l->memory.granted = way->memory;
	r->f = f;
	system_use_open(&r->system_use, way->blocks, n_bytes);
	return r;
}

struct disc_listing *iso9660_listing_read(
	const struct iso9660_way *way, const struct disc_node *dir, struct fail *f)
{
	struct disc_listing *l = calloc(1, sizeof *l);
	uint64_t n_bytes = dir->n_extents == 1 ? dir->extents->n_bytes : 0;
	struct reader *r = l ? new_reader(way, n_bytes, l, f) : NULL;
	bool good = false;

	if (!l)
		fail_memory(f);
	if (!r)
		goto out;
	if (dir->n_extents == 1) {
		if (read_all(r, dir->extents) || disc_listing_sort(l, f))
			goto out;
		l->n_bytes_read += r->system_use.n_bytes_read;
	} else {
		l->damage = "directory has no blocks";
	}
	good = true;
out:
	free_reader(r);
	if (good)
		return l;
	disc_listing_free(l);
	return NULL;
}

/* What its own "." says of the root. Rock Ridge is known by it alone. */
static int take_root(struct reader *r, struct iso9660_way *way, struct disc_node *root,
	const struct directory_record *dot)
{
	struct rock_ridge fields = { .n_name = 0 };
	size_t start;

	if (way->kind == DISC_TREE_PLAIN)
		way->skip = rock_ridge_skip(dot->system_use, dot->n_system_use, &start);
	/* the root's own "." is not read by what its SP says (SUSP, 5.3) */
	if (way->skip >= 0)
		system_use_read(&r->system_use, dot, start, &fields);
	if (!fields.is_rock_ridge)
		way->skip = -1;
	if (disc_record_take(root, &fields, dot, &r->l->memory, r->f))
		return -1;
	root->inode = disc_record_inode(root, &fields, dot, 0);
	return 0;
}

int iso9660_listing_find_way(struct iso9660_way *way, const struct disc_tree *tree,
	struct disc_node *root, struct arena *arena, struct fail *f)
{
	uint8_t block[BLOCK_BYTES];
	struct directory_record dot = { 0 };
	struct disc_listing l = { .n_nodes = 0 };
	struct reader *r;
	bool has_dot;
	int result = -1;

	way->kind = tree->kind;
	way->skip = -1;
	r = new_reader(way, 0, &l, f);
	if (!r)
		return -1;
	*root = (struct disc_node){ .name = "", .mode = S_IFDIR | 0555, .n_links = 1 };
	has_dot = read_dot(way, tree->lba, block, &dot);
	if (has_dot && take_root(r, way, root, &dot))
		goto out;
	r->open = root;
	if (add_extent(r, root, tree->lba, has_dot ? dot.n_bytes : tree->n_bytes, false) ||
		finish_open(r))
		goto out;
	result = 0;
out:
	*arena = l.memory.arena;
	free_reader(r);
	return result;
}

bool iso9660_listing_has_any(const struct iso9660_way *way, const struct disc_node *dir)
{
	uint8_t block[BLOCK_BYTES];
	struct directory_record record;

	if (dir->n_extents == 0 ||
		block_reader_read(way->blocks, dir->extents->lba, 1, block, NULL))
		return false;
	for (size_t at = 0; directory_record_parse(&record, block + at, BLOCK_BYTES - at) == 1;
		at += record.n_record)
		if (!record.is_dot)
			return true;
	return false;
}
