/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/descriptors.h"

#include <stdio.h>
#include <string.h>

#include "iso/directory_record.h"
#include "iso/session_record.h"
#include "util/number.h"

/* ECMA-119, 8.4 and 8.5: offsets in a descriptor. */
enum {
	TYPE = 0,
	IDENTIFIER = 1,
	VOLUME_LABEL = 40,
	BOOT_CATALOG = 71,
	SPACE_SIZE = 80,
	ESCAPE_SEQUENCES = 88,
	BLOCK_SIZE = 128,
	PATH_TABLE_SIZE = 132,
	PATH_TABLES = 140, /* two with the low byte first, two with the high byte first */
	ROOT_RECORD = 156,
};

/* They begin where descriptors_recognise looks, and end within reason. */
enum { DESCRIPTORS_FIRST_MAX = DESCRIPTORS_BYTES / BLOCK_BYTES, DESCRIPTORS_MAX = 64 };

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

static bool is_joliet(const uint8_t *block)
{
	const uint8_t *e = block + ESCAPE_SEQUENCES;

	return e[0] == '%' && e[1] == '/' && (e[2] == '@' || e[2] == 'C' || e[2] == 'E');
}

/* True where it leads to files: a primary descriptor, or one that Joliet has in its place. */
static bool has_root(const uint8_t *block)
{
	return is_identified(block, "CD001") &&
	       (block[TYPE] == TYPE_PRIMARY ||
		       (block[TYPE] == TYPE_SUPPLEMENTARY && is_joliet(block)));
}

struct recognised descriptors_recognise(const uint8_t *bytes, size_t n)
{
	struct recognised r = { .is_iso9660 = false };
	bool has_extended_area = false, has_primary = false;

	if (n > DESCRIPTORS_BYTES)
		n = DESCRIPTORS_BYTES;
	for (; n >= BLOCK_BYTES; bytes += BLOCK_BYTES, n -= BLOCK_BYTES) {
		if (!has_primary && has_root(bytes)) {
			has_primary = bytes[TYPE] == TYPE_PRIMARY;
			if (has_primary || !r.is_iso9660)
				r.iso_bytes = announced_bytes(bytes);
			r.is_iso9660 = true;
		}
		if (is_identified(bytes, "BEA01"))
			has_extended_area = true;
		if (has_extended_area &&
			(is_identified(bytes, "NSR02") || is_identified(bytes, "NSR03")))
			r.is_udf = true;
	}
	return r;
}

/* One of the structures with which a volume is recognised (ECMA-167, 2/9; UDF 2.60, 2.1.7). */
static bool is_volume_structure(const uint8_t *block)
{
	static const char *const identifiers[] = { "CD001", "BEA01", "NSR02", "NSR03", "TEA01",
		"BOOT2", "CDW02" };

	for (size_t i = 0; i < sizeof identifiers / sizeof *identifiers; i++)
		if (is_identified(block, identifiers[i]))
			return true;
	return false;
}

struct recognised descriptors_look(struct block_reader *blocks)
{
	/* they follow each other, with logical blocks of 4096 bytes in every second block */
	enum { STEP_MAX = 2 };
	uint8_t area[DESCRIPTORS_BYTES] = { 0 };
	uint32_t last = 0;
	bool is_cut = false;
	struct recognised r;

	for (uint32_t i = 0; i < DESCRIPTORS_FIRST_MAX; i++) {
		uint8_t *block = area + (size_t)i * BLOCK_BYTES;
		bool is_unread = DESCRIPTORS_FIRST + i < blocks->n_blocks &&
				 block_reader_read(blocks, DESCRIPTORS_FIRST + i, 1, block, NULL);

		if (is_unread)
			memset(block, 0, BLOCK_BYTES);
		if (i - last > STEP_MAX || !(is_unread || is_volume_structure(block)))
			continue;
		last = i;
		is_cut = is_cut || is_unread;
	}
	r = descriptors_recognise(area, sizeof area);
	r.may_be_udf = is_cut && !r.is_udf;
	return r;
}

uint64_t descriptors_start(struct block_reader *blocks)
{
	uint64_t first = blocks->session_lba + DESCRIPTORS_FIRST;
	uint8_t block[BLOCK_BYTES];

	for (uint64_t lba = first; blocks->session_lba && lba < first + DESCRIPTORS_FIRST_MAX;
		lba++) {
		if (lba >= blocks->n_blocks || block_reader_read(blocks, lba, 1, block, NULL))
			break;
		if (has_root(block))
			return blocks->session_lba;
	}
	return 0;
}

void descriptors_label(struct block_reader *blocks, char label[DESCRIPTORS_LABEL_BYTES])
{
	uint64_t first = descriptors_start(blocks) + DESCRIPTORS_FIRST;
	size_t n = 0;
	uint8_t block[BLOCK_BYTES];

	for (uint64_t lba = first; lba < first + DESCRIPTORS_FIRST_MAX && n == 0; lba++) {
		if (lba >= blocks->n_blocks || block_reader_read(blocks, lba, 1, block, NULL))
			break;
		if (!has_root(block) || block[TYPE] != TYPE_PRIMARY)
			continue;
		memcpy(label, block + VOLUME_LABEL, DESCRIPTORS_LABEL_BYTES - 1);
		n = DESCRIPTORS_LABEL_BYTES - 1;
	}
	while (n > 0 && (label[n - 1] == ' ' || label[n - 1] == '\0'))
		n--;
	label[n] = '\0';
}

static void add_extent(struct descriptors *d, uint32_t lba, uint32_t n_bytes)
{
	if (lba == 0 || n_bytes == 0 || d->n_extents == DESCRIPTORS_EXTENTS_MAX)
		return;
	d->extents[d->n_extents].lba = lba;
	d->extents[d->n_extents++].n_bytes = n_bytes;
}

/* The root's record is read as the kernel does it: the length and the name that it gives itself
 * don't matter. */
static struct disc_tree find_tree(const uint8_t *block, enum disc_tree_kind kind)
{
	struct directory_record r;

	directory_record_place(&r, block + ROOT_RECORD);
	return (struct disc_tree){ kind, r.lba, r.n_bytes };
}

static void add_tables(struct descriptors *d, const uint8_t *block)
{
	uint32_t n_bytes = number_le32(block + PATH_TABLE_SIZE);

	for (int i = 0; i < 4; i++) {
		const uint8_t *at = block + PATH_TABLES + 4 * i;

		add_extent(d, i < 2 ? number_le32(at) : number_be32(at), n_bytes);
	}
}

/* The plain tree comes first, wherever its descriptor stands. */
static void add_tree(struct descriptors *d, const uint8_t *block, enum disc_tree_kind kind)
{
	bool is_first = kind == DISC_TREE_PLAIN;

	add_tables(d, block);
	if (d->n_trees == DESCRIPTORS_TREES_MAX)
		d->n_trees--;
	if (is_first)
		memmove(d->trees + 1, d->trees, d->n_trees * sizeof *d->trees);
	d->trees[is_first ? 0 : d->n_trees] = find_tree(block, kind);
	d->n_trees++;
}

uint64_t descriptors_end(uint64_t start, uint64_t size, uint64_t n_blocks)
{
	return size > start && start + size > n_blocks ? size : start + size;
}

/* Sessions with a record of ours count from the disc's start. */
static bool has_record(struct block_reader *blocks, uint64_t start)
{
	uint64_t lba = start + SESSION_RECORD_BLOCK;
	struct session_record r;
	uint8_t block[BLOCK_BYTES];

	return lba < blocks->n_blocks && block_reader_read(blocks, lba, 1, block, NULL) == 0 &&
	       session_record_decode(&r, SESSION_RECORD_START, block) && r.here.start == start;
}

/* Descriptors that stand behind their files are the first session's, saved. */
static void take_space(struct descriptors *d, const uint8_t *block, struct block_reader *blocks)
{
	uint64_t size = number_le32(block + SPACE_SIZE);
	bool is_from_start = d->trees[0].lba < d->start || has_record(blocks, d->start);

	d->n_blocks = is_from_start ? size : descriptors_end(d->start, size, blocks->n_blocks);
	d->block_bytes = number_le16(block + BLOCK_SIZE);
}

static void add_primary(struct descriptors *d, const uint8_t *block, struct block_reader *blocks)
{
	/* copies are allowed (8.4) */
	if (d->has_primary)
		return;
	add_tree(d, block, DISC_TREE_PLAIN);
	d->has_primary = true;
	take_space(d, block, blocks);
}

static void add_supplementary(
	struct descriptors *d, const uint8_t *block, struct block_reader *blocks)
{
	bool has_names = is_joliet(block);

	add_tree(d, block, has_names ? DISC_TREE_JOLIET : DISC_TREE_OTHER);
	if (!has_names || d->block_bytes)
		return;
	take_space(d, block, blocks);
}

static void add_descriptor(
	struct descriptors *d, const uint8_t block[BLOCK_BYTES], struct block_reader *blocks)
{
	switch (block[TYPE]) {
	case TYPE_PRIMARY:
		add_primary(d, block, blocks);
		break;
	case TYPE_SUPPLEMENTARY:
		add_supplementary(d, block, blocks);
		break;
	case TYPE_BOOT:
		if (memcmp(block + 7, "EL TORITO SPECIFICATION", 23) == 0)
			add_extent(d, number_le32(block + BOOT_CATALOG), BLOCK_BYTES);
		break;
	default:
		break; /* partitions and what is to come: nothing of ours */
	}
}

/* Where the descriptors have ended at the latest: what they tell of begins. */
static uint64_t find_limit(const struct descriptors *d)
{
	uint64_t limit = d->start + DESCRIPTORS_FIRST +
			 (d->n_trees ? DESCRIPTORS_MAX : DESCRIPTORS_FIRST_MAX);

	for (unsigned i = 0; i < d->n_trees; i++)
		if (d->trees[i].lba < limit)
			limit = d->trees[i].lba;
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

/* All descriptors up to the terminator, or where that is missing, as far as there can be any;
 * returns the block behind the last. What is none is passed over: it is damage if others follow. */
static uint64_t read_all(struct descriptors *d, struct block_reader *blocks, struct fail *f)
{
	uint64_t first = d->start + DESCRIPTORS_FIRST, end = first, strange = 0;

	for (uint64_t lba = first; lba < blocks->n_blocks && lba < first + DESCRIPTORS_MAX; lba++) {
		uint8_t block[BLOCK_BYTES];

		if (d->n_trees == 0 && lba >= find_limit(d))
			break;
		if (block_reader_read(blocks, lba, 1, block, d->n_trees ? NULL : f)) {
			if (d->n_trees == 0 || lba >= find_limit(d))
				break;
			note_damage(d, lba, "can't be read");
		} else if (is_identified(block, "CD001")) {
			if (strange)
				note_damage(d, strange, "is damaged");
			end = lba + 1;
			if (block[TYPE] == TYPE_TERMINATOR)
				break;
			add_descriptor(d, block, blocks);
		} else if (lba >= find_limit(d)) {
			break;
		} else if (d->n_trees && !strange) {
			strange = lba;
		}
	}
	return end;
}

/* The terminator may stand behind what is no ISO 9660 file system. */
static int check_found(const struct descriptors *d, struct fail *f)
{
	if (d->n_trees == 0 || (!d->has_primary && d->trees[0].kind != DISC_TREE_JOLIET))
		return fail_set(f, FAIL_FAILED, "", "holds no ISO 9660 file system");
	if (d->block_bytes == BLOCK_BYTES)
		return 0;
	fail_set(f, FAIL_FAILED, "",
		"has an ISO 9660 file system with logical blocks of %u bytes, which is not "
		"supported",
		d->block_bytes);
	return fail_unsupported(f);
}

int descriptors_read(struct descriptors *d, struct block_reader *blocks, struct fail *f)
{
	*d = (struct descriptors){ .start = descriptors_start(blocks), .n_extents = 1 };
	/* the blocks up to the end of the descriptors are the file system's own */
	d->extents[0].n_bytes = (uint32_t)(read_all(d, blocks, f) - d->start) * BLOCK_BYTES;
	d->extents[0].lba = (uint32_t)d->start;
	return check_found(d, f);
}
