/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/descriptors.h"

#include <stdio.h>
#include <string.h>

#include "iso/directory_record.h"
#include "util/number.h"

/* ECMA-119, 8.4 and 8.5: offsets in a descriptor. */
enum {
	TYPE = 0,
	IDENTIFIER = 1,
	BOOT_CATALOG = 71,
	SPACE_SIZE = 80,
	ESCAPE_SEQUENCES = 88,
	BLOCK_SIZE = 128,
	PATH_TABLE_SIZE = 132,
	PATH_TABLES = 140, /* two with the low byte first, two with the high byte first */
	ROOT_RECORD = 156,
};

/* They end within reason. */
enum { DESCRIPTORS_MAX = 64 };

enum { TYPE_BOOT = 0, TYPE_PRIMARY = 1, TYPE_SUPPLEMENTARY = 2, TYPE_TERMINATOR = 255 };

static bool is_identified(const uint8_t *block, const char *identifier)
{
	return memcmp(block + IDENTIFIER, identifier, 5) == 0;
}

/* The announced size; 0 where the numbers make no sense. */
static uint64_t announced_bytes(const uint8_t *block)
{
	uint32_t block_size = number_le16(block + BLOCK_SIZE);

	if (block_size != 512 && block_size != 1024 && block_size != 2048)
		return 0;
	return (uint64_t)number_le32(block + SPACE_SIZE) * block_size;
}

struct recognised descriptors_recognise(const uint8_t *bytes, size_t n)
{
	struct recognised r = { .is_iso9660 = false };
	bool has_extended_area = false;

	for (; n >= BLOCK_BYTES; bytes += BLOCK_BYTES, n -= BLOCK_BYTES) {
		if (is_identified(bytes, "CD001") && bytes[TYPE] == TYPE_PRIMARY && !r.is_iso9660) {
			r.is_iso9660 = true;
			r.iso_bytes = announced_bytes(bytes);
		}
		if (is_identified(bytes, "BEA01"))
			has_extended_area = true;
		if (has_extended_area &&
			(is_identified(bytes, "NSR02") || is_identified(bytes, "NSR03")))
			r.is_udf = true;
	}
	return r;
}

static void add_extent(struct descriptors *d, uint32_t lba, uint32_t n_bytes)
{
	if (lba == 0 || n_bytes == 0 || d->n_extents == DESCRIPTORS_EXTENTS_MAX)
		return;
	d->extents[d->n_extents].lba = lba;
	d->extents[d->n_extents++].n_bytes = n_bytes;
}

static int add_tree(struct descriptors *d, const uint8_t *block, enum disc_tree_kind kind)
{
	uint32_t n_bytes = number_le32(block + PATH_TABLE_SIZE);
	struct directory_record r;

	if (number_le16(block + BLOCK_SIZE) != BLOCK_BYTES)
		return -1;
	if (directory_record_parse(&r, block + ROOT_RECORD, DIRECTORY_RECORD_MIN) != 1)
		return -1;
	for (int i = 0; i < 4; i++) {
		const uint8_t *at = block + PATH_TABLES + 4 * i;

		add_extent(d, i < 2 ? number_le32(at) : number_be32(at), n_bytes);
	}
	if (d->n_trees < DESCRIPTORS_TREES_MAX)
		d->trees[d->n_trees++] = (struct disc_tree){ kind, r.lba, r.n_bytes };
	return 0;
}

static bool is_joliet(const uint8_t *block)
{
	const uint8_t *e = block + ESCAPE_SEQUENCES;

	return e[0] == '%' && e[1] == '/' && (e[2] == '@' || e[2] == 'C' || e[2] == 'E');
}

static int add_primary(struct descriptors *d, const uint8_t *block)
{
	/* copies are allowed (8.4); supplementary ones come behind the first */
	if (d->has_primary)
		return 0;
	if (d->n_trees || add_tree(d, block, DISC_TREE_PLAIN))
		return -1;
	d->has_primary = true;
	d->n_blocks = number_le32(block + SPACE_SIZE);
	return 0;
}

static int add_descriptor(struct descriptors *d, const uint8_t block[BLOCK_BYTES])
{
	if (!is_identified(block, "CD001"))
		return -1;
	switch (block[TYPE]) {
	case TYPE_PRIMARY:
		return add_primary(d, block);
	case TYPE_SUPPLEMENTARY:
		if (!d->has_primary)
			return -1;
		return add_tree(d, block, is_joliet(block) ? DISC_TREE_JOLIET : DISC_TREE_OTHER);
	case TYPE_BOOT:
		if (memcmp(block + 7, "EL TORITO SPECIFICATION", 23) == 0)
			add_extent(d, number_le32(block + BOOT_CATALOG), BLOCK_BYTES);
		return 0;
	case TYPE_TERMINATOR:
		d->is_whole = true;
		return 0;
	default:
		return 0; /* partitions and what is to come: nothing of ours */
	}
}

/* Where the descriptors have ended at the latest: what they tell of begins. */
static uint64_t find_limit(const struct descriptors *d)
{
	uint64_t limit = DESCRIPTORS_FIRST + DESCRIPTORS_MAX;

	if (d->trees[0].lba < limit)
		limit = d->trees[0].lba;
	for (unsigned i = 1; i < d->n_extents; i++)
		if (d->extents[i].lba < limit)
			limit = d->extents[i].lba;
	return limit;
}

/* The first damage stays. */
static void note_damage(struct descriptors *d, uint64_t lba, const char *what)
{
	if (!d->damage[0])
		snprintf(d->damage, sizeof d->damage,
			"the ISO 9660 volume descriptor in block %llu %s", (unsigned long long)lba,
			what);
}

static void note_no_end(struct descriptors *d, uint64_t lba)
{
	if (!d->damage[0])
		snprintf(d->damage, sizeof d->damage,
			"the ISO 9660 volume descriptors are not terminated up to block %llu",
			(unsigned long long)lba);
}

/* All descriptors up to the terminator; returns the block behind them. Behind a good primary one, a
 * bad one does not hide the rest, as far as there can be more. */
static uint64_t read_all(struct descriptors *d, struct block_reader *blocks, struct fail *f)
{
	uint64_t lba = DESCRIPTORS_FIRST, end = DESCRIPTORS_FIRST + DESCRIPTORS_MAX;

	for (; !d->is_whole && lba < end && lba < blocks->n_blocks; lba++) {
		uint8_t block[BLOCK_BYTES];
		bool is_read =
			block_reader_read(blocks, lba, 1, block, d->has_primary ? NULL : f) == 0;

		if (is_read && add_descriptor(d, block) == 0)
			continue;
		if (!d->has_primary)
			break;
		end = find_limit(d);
		if (lba >= end)
			break;
		note_damage(d, lba, is_read ? "is damaged" : "can't be read");
	}
	return lba;
}

int descriptors_read(struct descriptors *d, struct block_reader *blocks, struct fail *f)
{
	uint64_t end;

	*d = (struct descriptors){ .n_extents = 1 };
	end = read_all(d, blocks, f);
	if (!d->has_primary)
		return fail_set(f, FAIL_FAILED, "", "holds no ISO 9660 file system");
	if (!d->is_whole)
		note_no_end(d, end);
	/* the blocks up to here are the file system's own */
	d->extents[0].lba = 0;
	d->extents[0].n_bytes = (uint32_t)end * BLOCK_BYTES;
	return 0;
}
