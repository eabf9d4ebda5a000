/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/disc_listing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "image/directory_record.h"
#include "image/disc_name.h"
#include "image/disc_time.h"
#include "image/rock_ridge.h"
#include "util/sector.h"
#include "util/signals.h"

enum {
	READ_BLOCKS = 16,
	/* Continuation areas of one record: how many, and how long one is. libisofs has the same
	 * limit of length. */
	AREAS_MAX = 64,
	AREA_BYTES_MAX = 1024 * 1024,
	/* All of them, of one directory: some, and as many more for each of its own bytes. */
	AREAS_BYTES_LEAST = 4 * 1024 * 1024,
	AREAS_PER_BYTE = 32,
	AREA_COST = 64,
};

/* The directory that is being read. */
struct reader {
	const struct disc_listing_way *way;
	struct disc_listing *l;
	struct fail *f;
	struct rock_ridge_long rest;
	uint64_t n_area_bytes_left;
	/* continuation areas that were read last */
	uint8_t *areas;
	uint64_t areas_lba;
	uint32_t n_areas;
	/* the file that goes on in the next record; NULL: none */
	struct disc_node *open;
	struct disc_piece *pieces; /* heap: of that file */
	uint32_t n_pieces, max_pieces;
	uint8_t open_name[256];
	size_t n_open_name;
	uint8_t buf[READ_BLOCKS * BLOCK_BYTES];
};

static int no_memory(struct reader *r)
{
	errno = ENOMEM;
	return fail_errno(r->f, FAIL_FAILED, "", "no memory");
}

/* Counts memory. */
static int spend(struct reader *r, size_t n_bytes)
{
	if (n_bytes > DISC_LISTING_BYTES_MAX - r->l->n_bytes_used)
		return fail_set(r->f, FAIL_FAILED, "",
			"a directory on the disc has more in it than is kept in memory (%zu MiB)",
			DISC_LISTING_BYTES_MAX >> 20);
	r->l->n_bytes_used += n_bytes;
	return 0;
}

static void *get(struct reader *r, size_t n_bytes)
{
	void *p = spend(r, n_bytes) ? NULL : arena_alloc(&r->l->arena, n_bytes);

	if (!p)
		no_memory(r);
	return p;
}

/* The first thing that is wrong with a node stays. */
static void damage_node(struct disc_node *node, const char *what)
{
	if (!node->damage)
		node->damage = what;
}

static void damage_directory(struct reader *r, const char *what)
{
	if (!r->l->damage)
		r->l->damage = what;
}

/* The n blocks that a continuation area lies in. NULL where they can't be had. */
static const uint8_t *read_area(struct reader *r, uint64_t first, uint32_t n)
{
	struct block_reader *blocks = r->way->blocks;
	struct fail unused = { 0 };

	if (first > blocks->n_blocks || n > blocks->n_blocks - first)
		return NULL;
	if (first < r->areas_lba || first + n > r->areas_lba + r->n_areas) {
		uint8_t *areas = realloc(r->areas, (size_t)n * BLOCK_BYTES);

		if (!areas)
			return NULL;
		r->areas = areas;
		r->n_areas = 0;
		if (block_reader_read(blocks, first, n, areas, &unused))
			return NULL;
		r->areas_lba = first;
		r->n_areas = n;
	}
	return r->areas + (first - r->areas_lba) * BLOCK_BYTES;
}

/* All System Use fields of a record; false where they are damaged, and taken up to there. */
static bool read_fields(struct reader *r, const struct directory_record *record, size_t skip,
	struct rock_ridge *fields)
{
	memset(fields, 0, sizeof *fields);
	rock_ridge_long_reset(&r->rest);
	fields->rest = &r->rest;
	if (skip >= record->n_system_use)
		return true;
	if (rock_ridge_parse(fields, record->system_use + skip, record->n_system_use - skip))
		return false;
	for (int i = 0; fields->more_bytes; i++) {
		uint32_t n_bytes = fields->more_bytes, offset = fields->more_offset % BLOCK_BYTES;
		uint64_t lba = (uint64_t)fields->more_lba + fields->more_offset / BLOCK_BYTES;
		uint32_t n = (offset + n_bytes - 1) / BLOCK_BYTES + 1;
		const uint8_t *area;

		if (i == AREAS_MAX || n_bytes > AREA_BYTES_MAX ||
			n_bytes + AREA_COST > r->n_area_bytes_left)
			return false;
		r->n_area_bytes_left -= n_bytes + AREA_COST;
		r->l->n_bytes_read += n_bytes + AREA_COST;
		area = read_area(r, lba, n);
		if (!area || rock_ridge_parse(fields, area + offset, n_bytes))
			return false;
	}
	return true;
}

/* The type that is recorded, where it goes with the record. */
static uint32_t make_mode(struct disc_node *node, const struct rock_ridge *fields, bool is_dir)
{
	uint32_t type = fields->child_lba ? S_IFDIR : fields->mode & S_IFMT;

	if (!fields->has_mode)
		return is_dir ? S_IFDIR | 0555u : S_IFREG | 0444u;
	if (is_dir != (type == S_IFDIR)) {
		damage_node(node, "has a type that does not go with its directory record");
		type = is_dir ? S_IFDIR : S_IFREG;
	}
	switch (type) {
	case S_IFREG:
	case S_IFDIR:
	case S_IFLNK:
	case S_IFIFO:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFSOCK:
		break;
	default:
		damage_node(node, "has a type that is not known");
		type = S_IFREG;
	}
	return type | (fields->mode & 07777);
}

/* Linux: a number below 2^32 is a whole dev_t (libisofs), else major and minor (mkisofs). */
static dev_t make_device(const struct rock_ridge *fields)
{
	if (fields->device_high == 0)
		return fields->device_low;
	return makedev(fields->device_high, fields->device_low);
}

static void take_times(
	struct disc_node *node, const struct rock_ridge *fields, const uint8_t time[7])
{
	int64_t seconds = 0;

	if (!disc_time_short(time, &seconds))
		seconds = 0;
	node->mtime =
		fields->has_time[ROCK_RIDGE_MTIME] ? fields->times[ROCK_RIDGE_MTIME] : seconds;
	node->atime =
		fields->has_time[ROCK_RIDGE_ATIME] ? fields->times[ROCK_RIDGE_ATIME] : node->mtime;
	node->ctime =
		fields->has_time[ROCK_RIDGE_CTIME] ? fields->times[ROCK_RIDGE_CTIME] : node->mtime;
}

/* Copies the target of a link. */
static int take_target(struct reader *r, struct disc_node *node)
{
	const struct rock_ridge_long *rest = &r->rest;
	char *target;

	if (!rest->has_target || rest->n_target == 0 || rest->is_target_cut ||
		memchr(rest->target, 0, rest->n_target)) {
		damage_node(node, "is a link whose target is damaged");
		return 0;
	}
	target = get(r, rest->n_target + 1);
	if (!target)
		return -1;
	memcpy(target, rest->target, rest->n_target);
	node->target = target;
	node->n_bytes = rest->n_target;
	return 0;
}

static int take_attributes(struct reader *r, struct disc_node *node)
{
	struct disc_attribute *attributes;
	enum aaip_result result;
	size_t n;

	if (r->rest.are_attributes_cut)
		damage_node(node, "has more extended attributes than are read");
	if (r->rest.n_attributes == 0)
		return 0;
	if (spend(r, (r->rest.n_attributes + 4) * AAIP_ROOM))
		return -1;
	result = aaip_decode(
		r->rest.attributes, r->rest.n_attributes, &r->l->arena, &attributes, &n);
	if (result == AAIP_NO_MEMORY)
		return no_memory(r);
	if (result == AAIP_DAMAGED)
		damage_node(node, "has damaged extended attributes");
	node->attributes = attributes;
	node->n_attributes = (uint32_t)n;
	return 0;
}

/* Attributes of all kinds, from the fields of the record. */
static int take_all(struct reader *r, struct disc_node *node, const struct rock_ridge *fields,
	const struct directory_record *record)
{
	/* in the place of a directory that was moved stands a file */
	node->mode = make_mode(node, fields, record->is_directory || fields->child_lba);
	node->n_links = fields->has_mode && fields->n_links ? fields->n_links : 1;
	node->uid = fields->uid;
	node->gid = fields->gid;
	take_times(node, fields, record->time);
	if (S_ISCHR(node->mode) || S_ISBLK(node->mode)) {
		node->device = make_device(fields);
		if (!fields->has_device)
			damage_node(node, "is a device node without numbers");
	}
	if (S_ISLNK(node->mode) && take_target(r, node))
		return -1;
	return take_attributes(r, node);
}

/* Where the node stands among the inodes: serial numbers first, then what has blocks, by the first
 * one, then the places of records. */
static uint64_t make_inode(const struct disc_node *node, const struct rock_ridge *fields,
	const struct directory_record *record, uint64_t place)
{
	if (fields->has_serial && fields->serial)
		return fields->serial;
	if (S_ISDIR(node->mode) || (S_ISREG(node->mode) && record->n_bytes))
		return (uint64_t)1 << 32 | record->lba;
	return (uint64_t)1 << 44 | place;
}

/* The name that is shown. */
static int take_name(struct reader *r, struct disc_node *node, const struct rock_ridge *fields,
	const struct directory_record *record)
{
	char name[DISC_NAME_MAX], *copy;
	const uint8_t *bytes = record->name;
	size_t n = record->n_name;

	if (fields->n_name) {
		bytes = (const uint8_t *)fields->name;
		n = fields->n_name;
		disc_name_from_bytes(name, bytes, n);
	} else if (r->way->kind == VOLUME_TREE_JOLIET) {
		disc_name_from_joliet(name, bytes, n);
	} else {
		disc_name_from_plain(name, bytes, n);
	}
	if (r->way->kind != VOLUME_TREE_JOLIET && (memchr(bytes, '/', n) || memchr(bytes, 0, n)))
		damage_node(node, "has a name with a slash or a zero byte in it, shown as \"_\"");
	if (strlen(name) > 255) {
		damage_node(node, "has a name that is too long, and cut");
		name[255] = '\0';
	}
	if (!*name || !strcmp(name, ".") || !strcmp(name, "..")) {
		damage_node(node, "has a name that can't be, shown as \"_\"");
		memcpy(name, !*name || !name[1] ? "_\0" : "__", 3);
	}
	n = strlen(name) + 1;
	copy = get(r, n);
	if (!copy)
		return -1;
	node->name = memcpy(copy, name, n);
	return 0;
}

/* The file that waited for more parts is whole. */
static int finish_open(struct reader *r)
{
	struct disc_node *node = r->open;
	struct disc_piece *pieces;

	r->open = NULL;
	if (!node || r->n_pieces == 0)
		return 0;
	pieces = get(r, r->n_pieces * sizeof *pieces);
	if (!pieces)
		return -1;
	memcpy(pieces, r->pieces, r->n_pieces * sizeof *pieces);
	node->pieces = pieces;
	node->n_pieces = r->n_pieces;
	return 0;
}

/* Adds a part to the open file, or the only one of a directory. */
static int add_piece(struct reader *r, struct disc_node *node, uint32_t lba, uint32_t n_bytes,
	bool is_interleaved)
{
	uint64_t n = ((uint64_t)n_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;

	if (n_bytes == 0)
		return 0;
	node->n_bytes += n_bytes;
	if (is_interleaved)
		damage_node(node, "is an interleaved file, which is not supported");
	else if (lba > r->way->blocks->n_blocks || n > r->way->blocks->n_blocks - lba)
		damage_node(node, "lies behind the end of the medium");
	if (r->n_pieces == r->max_pieces) {
		uint32_t max = r->max_pieces ? 2 * r->max_pieces : 16;
		struct disc_piece *pieces = realloc(r->pieces, max * sizeof *pieces);

		if (!pieces)
			return no_memory(r);
		r->pieces = pieces;
		r->max_pieces = max;
	}
	if (spend(r, sizeof *r->pieces))
		return -1;
	r->pieces[r->n_pieces++] = (struct disc_piece){ lba, n_bytes };
	return 0;
}

/* A directory that Rock Ridge moved: its own "." tells its size, and all else. */
static int find_moved(struct reader *r, struct disc_node *node, uint32_t lba)
{
	uint8_t block[BLOCK_BYTES];
	struct directory_record dot;
	struct rock_ridge fields;
	struct fail unused = { 0 };

	if (block_reader_read(r->way->blocks, lba, 1, block, &unused) ||
		directory_record_parse(&dot, block, sizeof block) != 1 || !dot.is_dot ||
		!dot.is_directory || dot.lba != lba) {
		damage_node(node, "is a directory that was moved, and is not where it should be");
		return 0;
	}
	if (!read_fields(r, &dot, (size_t)r->way->skip, &fields))
		damage_node(node, "has a damaged directory record");
	if (fields.has_mode && take_all(r, node, &fields, &dot))
		return -1;
	node->inode = make_inode(node, &fields, &dot, 0);
	return add_piece(r, node, dot.lba, dot.n_bytes, false);
}

static int keep(struct reader *r, struct disc_node *node)
{
	struct disc_listing *l = r->l;

	if (l->n_nodes == l->max_nodes) {
		size_t max = l->max_nodes ? 2 * l->max_nodes : 64;
		struct disc_node **nodes = realloc(l->nodes, max * sizeof *nodes);

		if (!nodes)
			return no_memory(r);
		l->nodes = nodes;
		if (spend(r, (max - l->max_nodes) * sizeof *nodes))
			return -1;
		l->max_nodes = max;
	}
	l->nodes[l->n_nodes++] = node;
	return 0;
}

/* A further part of the open file. */
static int add_part(struct reader *r, const struct directory_record *record)
{
	struct disc_node *node = r->open;

	if (record->is_directory || record->n_name != r->n_open_name ||
		memcmp(record->name, r->open_name, record->n_name) != 0) {
		damage_node(node, "lacks a part that was announced");
		return finish_open(r) ? -1 : 1;
	}
	if (add_piece(r, node, record->lba, record->n_bytes, record->is_interleaved))
		return -1;
	return record->continues ? 0 : finish_open(r);
}

/* Where the bytes are: of a directory, of a file, of which this may be the first part only. */
static int take_places(struct reader *r, struct disc_node *node, const struct rock_ridge *fields,
	const struct directory_record *record)
{
	if (fields->child_lba) {
		if (find_moved(r, node, fields->child_lba))
			return -1;
	} else if (S_ISDIR(node->mode) || S_ISREG(node->mode)) {
		if (add_piece(r, node, record->lba, record->n_bytes, record->is_interleaved))
			return -1;
		if (S_ISREG(node->mode) && record->continues)
			return 0;
	}
	return finish_open(r);
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
	node = get(r, sizeof *node);
	if (!node)
		return -1;
	if (r->way->skip >= 0 && !read_fields(r, record, (size_t)r->way->skip, &fields))
		damage_node(node, "has a damaged directory record");
	if (fields.is_moved)
		return 0;
	if (fields.is_compressed)
		damage_node(node, "is compressed (zisofs), which is not undone");
	if (take_name(r, node, &fields, record) || take_all(r, node, &fields, record) ||
		keep(r, node))
		return -1;
	node->inode = make_inode(node, &fields, record, place);
	r->open = node;
	r->n_pieces = 0;
	memcpy(r->open_name, record->name, record->n_name);
	r->n_open_name = record->n_name;
	return take_places(r, node, &fields, record);
}

/* All records of a block. */
static int add_block(struct reader *r, const uint8_t *block, uint64_t lba)
{
	for (size_t at = 0; at < BLOCK_BYTES;) {
		struct directory_record record;
		int found = directory_record_parse(&record, block + at, BLOCK_BYTES - at);

		if (found < 0)
			damage_directory(r, "is a damaged directory");
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
	struct fail f = { 0 };

	r->l->n_bytes_read += (uint64_t)n * BLOCK_BYTES;
	if (block_reader_read(r->way->blocks, lba, n, r->buf, &f) == 0)
		return;
	for (uint32_t i = 0; i < n; i++) {
		uint8_t *block = r->buf + (size_t)i * BLOCK_BYTES;

		f = (struct fail){ 0 };
		if (block_reader_read(r->way->blocks, lba + i, 1, block, &f)) {
			memset(block, 0, BLOCK_BYTES);
			damage_directory(r, "is a directory that can't be read");
		}
	}
}

static int read_all(struct reader *r, const struct disc_piece *at)
{
	uint64_t n_blocks = ((uint64_t)at->n_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES, rest;

	/* what lies behind the end of the medium is not there to be read */
	rest = at->lba < r->way->blocks->n_blocks ? r->way->blocks->n_blocks - at->lba : 0;
	if (n_blocks > rest) {
		damage_directory(r, "is a directory that lies behind the end of the medium");
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
		damage_node(r->open, "lacks a part that was announced");
	return finish_open(r);
}

static int compare_nodes(const void *a, const void *b)
{
	const struct disc_node *x = *(struct disc_node *const *)a;
	const struct disc_node *y = *(struct disc_node *const *)b;

	return strcmp(x->name, y->name);
}

/* Sorts; of a name that comes twice one stays. */
static int sort(struct reader *r)
{
	struct disc_listing *l = r->l;
	size_t n = 0;

	if (l->n_nodes == 0)
		return 0;
	qsort(l->nodes, l->n_nodes, sizeof *l->nodes, compare_nodes);
	for (size_t i = 1; i < l->n_nodes; i++)
		l->n_lost += strcmp(l->nodes[i]->name, l->nodes[i - 1]->name) == 0;
	if (l->n_lost == 0)
		return 0;
	l->lost = get(r, l->n_lost * sizeof *l->lost);
	if (!l->lost)
		return -1;
	l->n_lost = 0;
	for (size_t i = 0; i < l->n_nodes; i++) {
		if (n && strcmp(l->nodes[n - 1]->name, l->nodes[i]->name) == 0)
			l->lost[l->n_lost++] = l->nodes[i];
		else
			l->nodes[n++] = l->nodes[i];
	}
	l->n_nodes = n;
	return 0;
}

static void free_reader(struct reader *r)
{
	if (!r)
		return;
	rock_ridge_long_clear(&r->rest);
	free(r->areas);
	free(r->pieces);
	free(r);
}

static struct reader *new_reader(
	const struct disc_listing_way *way, struct disc_listing *l, struct fail *f)
{
	struct reader *r = calloc(1, sizeof *r);

	if (!r) {
		fail_errno(f, FAIL_FAILED, "", "no memory");
		return NULL;
	}
	r->way = way;
	r->l = l;
	r->f = f;
	r->n_area_bytes_left = AREAS_BYTES_LEAST;
	return r;
}

struct disc_listing *disc_listing_read(
	const struct disc_listing_way *way, const struct disc_node *dir, struct fail *f)
{
	struct disc_listing *l = calloc(1, sizeof *l);
	struct reader *r = l ? new_reader(way, l, f) : NULL;
	bool good = false;

	if (!l)
		fail_errno(f, FAIL_FAILED, "", "no memory");
	if (!r)
		goto out;
	if (dir->n_pieces == 1) {
		r->n_area_bytes_left += (uint64_t)dir->pieces->n_bytes * AREAS_PER_BYTE;
		if (read_all(r, dir->pieces) || sort(r))
			goto out;
	} else {
		l->damage = "is a directory that lies nowhere";
	}
	good = true;
out:
	free_reader(r);
	if (good)
		return l;
	disc_listing_free(l);
	return NULL;
}

const struct disc_node *disc_listing_find(const struct disc_listing *l, const char *name)
{
	size_t low = 0, high = l->n_nodes;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(l->nodes[mid]->name, name);

		if (order == 0)
			return l->nodes[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

void disc_listing_free(struct disc_listing *l)
{
	if (!l)
		return;
	free(l->nodes);
	arena_clear(&l->arena);
	free(l);
}

/* The root's own record; false where it can't be read. */
static bool read_root(const struct disc_listing_way *way, uint8_t block[BLOCK_BYTES],
	struct directory_record *dot, const struct volume_tree *tree)
{
	struct fail unused = { 0 };

	return block_reader_read(way->blocks, tree->lba, 1, block, &unused) == 0 &&
	       directory_record_parse(dot, block, BLOCK_BYTES) == 1 && dot->is_dot;
}

int disc_listing_find_way(struct disc_listing_way *way, struct block_reader *blocks,
	const struct volume_tree *tree, struct disc_node *root, struct arena *arena, struct fail *f)
{
	uint8_t block[BLOCK_BYTES];
	struct directory_record dot;
	struct rock_ridge fields = { .n_name = 0 };
	struct disc_listing l = { .n_nodes = 0 };
	struct reader *r = new_reader(way, &l, f);
	int result = -1;

	if (!r)
		return -1;
	*way = (struct disc_listing_way){ blocks, tree->kind, -1 };
	*root = (struct disc_node){ .name = "", .mode = S_IFDIR | 0555, .n_links = 1 };
	if (read_root(way, block, &dot, tree)) {
		if (tree->kind == VOLUME_TREE_PLAIN)
			way->skip = rock_ridge_skip(dot.system_use, dot.n_system_use);
		/* the fields of the root's own "." skip nothing (SUSP, 5.3) */
		if (way->skip >= 0)
			read_fields(r, &dot, 0, &fields);
		if (!fields.is_rock_ridge)
			way->skip = -1;
		dot.is_directory = true;
		if (take_all(r, root, &fields, &dot))
			goto out;
		root->inode = make_inode(root, &fields, &dot, 0);
	}
	r->open = root;
	if (add_piece(r, root, tree->lba, tree->n_bytes, false) || finish_open(r))
		goto out;
	result = 0;
out:
	*arena = l.arena;
	free_reader(r);
	return result;
}
