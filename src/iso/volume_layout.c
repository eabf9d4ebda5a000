/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/volume_layout.h"

#include <stdio.h>
#include <string.h>

#include "iso/directory_record.h"
#include "util/number.h"

/* ECMA-119, 8.4 and 8.5: offsets in a descriptor. */
enum {
	TYPE = 0,
	IDENTIFIER = 1,
	VOLUME_ID = 40,
	BOOT_CATALOG = 71,
	SPACE_SIZE = 80,
	ESCAPE_SEQUENCES = 88,
	BLOCK_SIZE = 128,
	PATH_TABLE_SIZE = 132,
	PATH_TABLES = 140, /* two with the low byte first, two with the high byte first */
	ROOT_RECORD = 156,
};

/* Descriptors stand behind the system area (ECMA-119, 6.2.1), and end within reason. */
enum { FIRST_DESCRIPTOR = 16, DESCRIPTORS_MAX = 64 };

enum { TYPE_BOOT = 0, TYPE_PRIMARY = 1, TYPE_SUPPLEMENTARY = 2, TYPE_TERMINATOR = 255 };

static void add_place(struct volume_layout *v, uint32_t lba, uint32_t n_bytes)
{
	if (lba == 0 || n_bytes == 0 || v->n_places == VOLUME_LAYOUT_PLACES_MAX)
		return;
	v->places[v->n_places].lba = lba;
	v->places[v->n_places++].n_bytes = n_bytes;
}

static int add_tree(struct volume_layout *v, const uint8_t *block, enum volume_tree_kind kind)
{
	uint32_t n_bytes = number_le32(block + PATH_TABLE_SIZE);
	struct directory_record r;

	if (number_le16(block + BLOCK_SIZE) != BLOCK_BYTES)
		return -1;
	if (directory_record_parse(&r, block + ROOT_RECORD, DIRECTORY_RECORD_MIN) != 1)
		return -1;
	for (int i = 0; i < 4; i++) {
		const uint8_t *at = block + PATH_TABLES + 4 * i;

		add_place(v, i < 2 ? number_le32(at) : number_be32(at), n_bytes);
	}
	if (v->n_trees < VOLUME_LAYOUT_TREES_MAX)
		v->trees[v->n_trees++] = (struct volume_tree){ kind, r.lba, r.n_bytes };
	return 0;
}

static bool is_joliet(const uint8_t *block)
{
	const uint8_t *e = block + ESCAPE_SEQUENCES;

	return e[0] == '%' && e[1] == '/' && (e[2] == '@' || e[2] == 'C' || e[2] == 'E');
}

static int add_primary(struct volume_layout *v, const uint8_t *block)
{
	/* copies are allowed (8.4); supplementary ones come behind the first */
	if (v->has_primary)
		return 0;
	if (v->n_trees || add_tree(v, block, VOLUME_TREE_PLAIN))
		return -1;
	v->has_primary = true;
	v->n_blocks = number_le32(block + SPACE_SIZE);
	memcpy(v->volume_id, block + VOLUME_ID, VOLUME_LAYOUT_ID_MAX);
	for (size_t n = VOLUME_LAYOUT_ID_MAX; n && strchr(" ", v->volume_id[n - 1]); n--)
		v->volume_id[n - 1] = '\0';
	return 0;
}

int volume_layout_add(struct volume_layout *v, const uint8_t block[BLOCK_BYTES])
{
	if (memcmp(block + IDENTIFIER, "CD001", 5) != 0)
		return -1;
	switch (block[TYPE]) {
	case TYPE_PRIMARY:
		return add_primary(v, block);
	case TYPE_SUPPLEMENTARY:
		if (!v->has_primary)
			return -1;
		return add_tree(
			v, block, is_joliet(block) ? VOLUME_TREE_JOLIET : VOLUME_TREE_OTHER);
	case TYPE_BOOT:
		if (memcmp(block + 7, "EL TORITO SPECIFICATION", 23) == 0)
			add_place(v, number_le32(block + BOOT_CATALOG), BLOCK_BYTES);
		return 0;
	case TYPE_TERMINATOR:
		v->is_whole = true;
		return 0;
	default:
		return 0; /* partitions and what is to come: nothing of ours */
	}
}

/* The descriptor in block lba. 0, or -1 where there is none, with f filled if it can't be read. */
static int read_descriptor(
	struct volume_layout *v, struct block_reader *blocks, uint64_t lba, struct fail *f)
{
	uint8_t block[BLOCK_BYTES];

	if (block_reader_read(blocks, lba, 1, block, f))
		return -1;
	return volume_layout_add(v, block);
}

/* Where the descriptors have ended at the latest: what they tell of begins. */
static uint64_t find_limit(const struct volume_layout *v)
{
	uint64_t limit = FIRST_DESCRIPTOR + DESCRIPTORS_MAX;

	if (v->trees[0].lba < limit)
		limit = v->trees[0].lba;
	for (unsigned i = 1; i < v->n_places; i++)
		if (v->places[i].lba < limit)
			limit = v->places[i].lba;
	return limit;
}

/* The first damage stays. */
static void note_damage(struct volume_layout *v, uint64_t lba, const char *what)
{
	if (!v->damage[0])
		snprintf(v->damage, sizeof v->damage,
			"the ISO 9660 volume descriptor in block %llu %s", (unsigned long long)lba,
			what);
}

static void note_no_end(struct volume_layout *v, uint64_t lba)
{
	if (!v->damage[0])
		snprintf(v->damage, sizeof v->damage,
			"the ISO 9660 volume descriptors have no end up to block %llu",
			(unsigned long long)lba);
}

/* All descriptors up to the terminator; returns the block behind them. Behind a good primary one, a
 * bad one does not hide the rest, as far as there can be more. */
static uint64_t read_all(struct volume_layout *v, struct block_reader *blocks, struct fail *f)
{
	uint64_t lba = FIRST_DESCRIPTOR, end = FIRST_DESCRIPTOR + DESCRIPTORS_MAX;

	for (; !v->is_whole && lba < end && lba < blocks->n_blocks; lba++) {
		struct fail unread = { 0 };

		if (read_descriptor(v, blocks, lba, &unread) == 0)
			continue;
		if (!v->has_primary) {
			*f = unread;
			break;
		}
		end = find_limit(v);
		if (lba >= end)
			break;
		note_damage(v, lba, fail_is_set(&unread) ? "can't be read" : "is damaged");
	}
	return lba;
}

int volume_layout_read(struct volume_layout *v, struct block_reader *blocks, struct fail *f)
{
	uint64_t end;

	*v = (struct volume_layout){ .n_places = 1 };
	end = read_all(v, blocks, f);
	if (!v->has_primary)
		return fail_set(f, FAIL_FAILED, "", "holds no ISO 9660 file system");
	if (!v->is_whole)
		note_no_end(v, end);
	/* the blocks up to here are the file system's own */
	v->places[0].lba = 0;
	v->places[0].n_bytes = (uint32_t)end * BLOCK_BYTES;
	return 0;
}
