/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/tree_reader.h"

#include <stdlib.h>
#include <string.h>

#include "image/area_cache.h"
#include "image/directory_record.h"
#include "image/disc_name.h"
#include "image/rock_ridge.h"
#include "util/sector.h"
#include "util/signals.h"

enum {
	READ_BLOCKS = 16,
	/* Continuation areas of one record: how many, and how long one is. libisofs has the same
	 * limit of length. */
	AREAS_MAX = 64,
	AREA_BYTES_MAX = 1024 * 1024,
	/* what following a continuation costs besides its bytes */
	AREA_COST = 64,
};

struct tree_reader {
	struct block_reader *blocks;
	struct disc_tree *tree;
	struct fail *damage;
	uint64_t n_blocks;
	uint64_t n_left;  /* of TREE_READER_BYTES_MAX */
	uint8_t *is_read; /* a bit for each block */
	uint8_t buf[READ_BLOCKS * BLOCK_BYTES];
	struct area_cache areas;
	/* blocks of such areas, in a row, that the tree has not got yet */
	uint32_t known_lba, n_known;
	/* of the tree that is being read */
	enum volume_tree_kind kind;
	bool is_shown;
	int skip; /* at the start of each System Use area; -1: there is no Rock Ridge */
	/* of the directory that is being read */
	uint32_t directory;
	bool continues; /* the last record is a part of the file that comes next */
	uint32_t name;  /* of that file; DISC_TREE_NOWHERE: the tree has not got it yet */
};

struct tree_reader *tree_reader_new(
	struct block_reader *blocks, struct disc_tree *tree, struct fail *damage, struct fail *f)
{
	struct tree_reader *r = calloc(1, sizeof *r);

	if (!r) {
		fail_errno(f, FAIL_FAILED, "", "no memory");
		return NULL;
	}
	r->blocks = blocks;
	r->tree = tree;
	r->damage = damage;
	/* block numbers have 32 bits; the last one stands for nothing here */
	r->n_blocks = blocks->n_blocks < UINT32_MAX ? blocks->n_blocks : UINT32_MAX;
	r->n_left = TREE_READER_BYTES_MAX;
	r->is_read = calloc(r->n_blocks / 8 + 1, 1);
	if (r->is_read)
		return r;
	fail_errno(f, FAIL_FAILED, "", "no memory");
	tree_reader_free(r);
	return NULL;
}

void tree_reader_free(struct tree_reader *r)
{
	if (!r)
		return;
	free(r->is_read);
	area_cache_clear(&r->areas);
	free(r);
}

/* The first thing that is wrong stays; where: the directory, and what in it, or NULL. */
static void note_damage(struct tree_reader *r, const char *name, const char *what)
{
	char path[sizeof r->damage->object] = "";
	size_t n;

	if (fail_is_set(r->damage))
		return;
	if (r->is_shown)
		disc_tree_path(r->tree, r->directory, DISC_TREE_NOWHERE, path,
			sizeof path - DISC_NAME_MAX);
	n = strlen(path);
	if (name)
		memcpy(path + n, name, strlen(name) + 1);
	fail_set(r->damage, FAIL_FAILED, path, "%s", what);
}

static int spend(struct tree_reader *r, uint64_t n_bytes, struct fail *f)
{
	if (n_bytes > r->n_left)
		return fail_set(f, FAIL_FAILED, "",
			"the directories are damaged: they would take up more than %llu MiB",
			(unsigned long long)TREE_READER_BYTES_MAX >> 20);
	r->n_left -= n_bytes;
	return 0;
}

/* The tree gets the blocks of continuation areas that are known. */
static int flush_areas(struct tree_reader *r, struct fail *f)
{
	uint32_t n = r->n_known;

	r->n_known = 0;
	return n ? disc_tree_add_extent(
			   r->tree, DISC_TREE_NOWHERE, DISC_TREE_NOWHERE, r->known_lba, n, f)
		 : 0;
}

/* The areas of a directory's records share blocks, and these follow each other. */
static int know_areas(struct tree_reader *r, uint32_t lba, uint32_t n, struct fail *f)
{
	uint32_t end = r->known_lba + r->n_known;

	if (r->n_known && lba >= r->known_lba && lba <= end) {
		if (lba + n > end)
			r->n_known = lba + n - r->known_lba;
		return 0;
	}
	if (flush_areas(r, f))
		return -1;
	r->known_lba = lba;
	r->n_known = n;
	return 0;
}

/* All System Use fields of a record. 1; 0 where they are damaged, and taken up to there; -1 with f
 * filled. */
static int read_fields(struct tree_reader *r, const struct directory_record *record, size_t skip,
	struct rock_ridge *fields, struct fail *f)
{
	memset(fields, 0, sizeof *fields);
	if (skip >= record->n_system_use)
		return 1;
	if (rock_ridge_parse(fields, record->system_use + skip, record->n_system_use - skip))
		return 0;
	for (int i = 0; fields->more_bytes; i++) {
		uint32_t n_bytes = fields->more_bytes, offset = fields->more_offset % BLOCK_BYTES;
		uint64_t lba = (uint64_t)fields->more_lba + fields->more_offset / BLOCK_BYTES;
		uint32_t n = (offset + n_bytes - 1) / BLOCK_BYTES + 1;
		const uint8_t *area;

		if (i == AREAS_MAX || n_bytes > AREA_BYTES_MAX || lba + n > r->n_blocks)
			return 0;
		if (spend(r, (uint64_t)n_bytes + AREA_COST, f))
			return -1;
		area = area_cache_read(&r->areas, r->blocks, lba, n);
		if (!area || rock_ridge_parse(fields, area + offset, n_bytes))
			return 0;
		if (know_areas(r, (uint32_t)lba, n, f))
			return -1;
	}
	return 1;
}

/* The name that is shown, "?" where the record has none that could be, which is false. */
static bool make_name(const struct tree_reader *r, const struct directory_record *record,
	const struct rock_ridge *fields, char name[DISC_NAME_MAX])
{
	if (fields->n_name)
		disc_name_from_bytes(name, (const uint8_t *)fields->name, fields->n_name);
	else if (r->kind == VOLUME_TREE_JOLIET)
		disc_name_from_joliet(name, record->name, record->n_name);
	else
		disc_name_from_plain(name, record->name, record->n_name);
	if (name[0])
		return true;
	disc_name_from_bytes(name, (const uint8_t *)"?", 1);
	return false;
}

/* Puts a directory into the tree, where it waits for being read; one that can't be is damage. */
static int add_directory(struct tree_reader *r, uint32_t parent, const char *name, uint32_t lba,
	uint32_t n_bytes, struct fail *f)
{
	uint32_t n = n_bytes / BLOCK_BYTES + (n_bytes % BLOCK_BYTES != 0);
	struct disc_directory d = { .lba = lba,
		.n_blocks = n,
		.parent = parent,
		.name = DISC_TREE_NOWHERE,
		.is_shown = r->is_shown };

	if (n == 0 || lba >= r->n_blocks || n > r->n_blocks - lba) {
		note_damage(r, name, "is a directory that does not lie on the medium");
		return 0;
	}
	for (uint32_t b = lba; b < lba + n; b++) {
		if (!(r->is_read[b / 8] & 1u << b % 8))
			continue;
		/* the other trees may share directories with the shown one */
		if (r->is_shown)
			note_damage(r, name, "is a directory that is there twice, or in a circle");
		return 0;
	}
	if (spend(r, (uint64_t)n * BLOCK_BYTES, f))
		return -1;
	for (uint32_t b = lba; b < lba + n; b++)
		r->is_read[b / 8] = (uint8_t)(r->is_read[b / 8] | 1u << b % 8);
	if (r->is_shown && name && disc_tree_add_name(r->tree, name, &d.name, f))
		return -1;
	return disc_tree_add_directory(r->tree, &d, f);
}

/* A directory that Rock Ridge moved: its "." tells its size. */
static int add_moved(struct tree_reader *r, const char *name, uint32_t lba, struct fail *f)
{
	uint8_t block[BLOCK_BYTES];
	struct directory_record dot;
	struct fail unused = { 0 };

	if (lba < r->n_blocks && block_reader_read(r->blocks, lba, 1, block, &unused) == 0 &&
		directory_record_parse(&dot, block, sizeof block) == 1 && dot.is_dot &&
		dot.is_directory)
		return add_directory(r, r->directory, name, lba, dot.n_bytes, f);
	note_damage(r, name, "is a directory that was moved, and is not where it should be");
	return 0;
}

static int add_file(struct tree_reader *r, const struct directory_record *record, const char *name,
	struct fail *f)
{
	uint32_t n = record->n_bytes / BLOCK_BYTES + (record->n_bytes % BLOCK_BYTES != 0);

	if (!r->continues)
		r->name = DISC_TREE_NOWHERE;
	r->continues = record->continues;
	if (n == 0)
		return 0;
	if (record->lba >= r->n_blocks || n > r->n_blocks - record->lba || record->is_interleaved) {
		note_damage(r, name,
			record->is_interleaved ? "is an interleaved file, which is not supported"
					       : "does not lie on the medium");
		return 0;
	}
	if (r->name == DISC_TREE_NOWHERE && disc_tree_add_name(r->tree, name, &r->name, f))
		return -1;
	return disc_tree_add_extent(r->tree, r->directory, r->name, record->lba, n, f);
}

/* A record that is not "." or "..". */
static int add_record(struct tree_reader *r, const struct directory_record *record, struct fail *f)
{
	struct rock_ridge fields = { .n_name = 0 };
	char name[DISC_NAME_MAX];
	int good = 1;

	if (!r->is_shown)
		return record->is_directory ? add_directory(r, DISC_TREE_NOWHERE, NULL, record->lba,
						      record->n_bytes, f)
					    : 0;
	if (r->skip >= 0)
		good = read_fields(r, record, (size_t)r->skip, &fields, f);
	if (good < 0)
		return -1;
	if (!make_name(r, record, &fields, name) || good == 0)
		note_damage(r, name, "has a damaged directory record");
	if (fields.is_moved)
		return 0;
	if (fields.child_lba)
		return add_moved(r, name, fields.child_lba, f);
	if (record->is_directory)
		return add_directory(r, r->directory, name, record->lba, record->n_bytes, f);
	return add_file(r, record, name, f);
}

/* All records of a block. */
static int add_block(struct tree_reader *r, const uint8_t *block, struct fail *f)
{
	for (size_t at = 0; at < BLOCK_BYTES;) {
		struct directory_record record;
		int found = directory_record_parse(&record, block + at, BLOCK_BYTES - at);

		if (found < 0)
			note_damage(r, NULL, "is a damaged directory");
		if (found <= 0)
			break;
		if (!record.is_dot && add_record(r, &record, f))
			return -1;
		at += record.n_record;
	}
	return 0;
}

/* Reads n blocks of a directory into the buffer; those that can't be read are zeros there. */
static void read_blocks(struct tree_reader *r, uint32_t lba, uint32_t n)
{
	struct fail f = { 0 };

	if (block_reader_read(r->blocks, lba, n, r->buf, &f) == 0)
		return;
	for (uint32_t i = 0; i < n; i++) {
		uint8_t *block = r->buf + (size_t)i * BLOCK_BYTES;

		f = (struct fail){ 0 };
		if (block_reader_read(r->blocks, lba + i, 1, block, &f)) {
			memset(block, 0, BLOCK_BYTES);
			note_damage(r, NULL, "is a directory that can't be read");
		}
	}
}

static int read_directory(struct tree_reader *r, uint32_t index, struct fail *f)
{
	const struct disc_directory d = r->tree->directories[index];

	r->directory = index;
	r->continues = false;
	for (uint32_t done = 0, n; done < d.n_blocks; done += n) {
		n = d.n_blocks - done < READ_BLOCKS ? d.n_blocks - done : READ_BLOCKS;
		if (signals_caught())
			return fail_set(f, FAIL_FAILED, "", "interrupted");
		read_blocks(r, d.lba + done, n);
		for (uint32_t i = 0; i < n; i++)
			if (add_block(r, r->buf + (size_t)i * BLOCK_BYTES, f))
				return -1;
	}
	return flush_areas(r, f);
}

/* How many bytes the System Use areas skip; -1: there is no Rock Ridge. */
static int find_skip(struct tree_reader *r, const struct volume_tree *root)
{
	uint8_t block[BLOCK_BYTES];
	struct directory_record dot;
	struct rock_ridge fields;
	struct fail unused = { 0 };
	int skip;

	if (root->kind != VOLUME_TREE_PLAIN || root->lba >= r->n_blocks ||
		block_reader_read(r->blocks, root->lba, 1, block, &unused) ||
		directory_record_parse(&dot, block, sizeof block) != 1)
		return -1;
	skip = rock_ridge_skip(dot.system_use, dot.n_system_use);
	/* the fields of the root's own "." skip nothing (SUSP, 5.3) */
	if (skip < 0 || read_fields(r, &dot, 0, &fields, &unused) < 0 || !fields.is_rock_ridge)
		return -1;
	return skip;
}

bool tree_reader_finds_rock_ridge(struct tree_reader *r, const struct volume_tree *root)
{
	return find_skip(r, root) >= 0;
}

int tree_reader_read(
	struct tree_reader *r, const struct volume_tree *root, bool is_shown, struct fail *f)
{
	size_t first = r->tree->n_directories;

	r->kind = root->kind;
	r->is_shown = is_shown;
	r->skip = find_skip(r, root);
	r->directory = DISC_TREE_NOWHERE;
	if (add_directory(r, DISC_TREE_NOWHERE, NULL, root->lba, root->n_bytes, f))
		return -1;
	/* what is found on the way is put behind those that wait */
	for (size_t i = first; i < r->tree->n_directories; i++)
		if (read_directory(r, (uint32_t)i, f))
			return -1;
	return 0;
}
