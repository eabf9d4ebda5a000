/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/udf_tables.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "iso/udf_entry.h"
#include "iso/udf_tag.h"
#include "util/number.h"
#include "util/sector.h"

enum {
	TABLE_BLOCKS_MAX = 1024, /* of the medium's end, in which the table of a virtual partition
				    is looked for: padding may follow it */
};

static void add_structure(struct udf_tables *t, uint64_t block, uint64_t n_bytes)
{
	udf_structures_add(t->structures, t->partitions->block_bytes, block, n_bytes);
}

static int damaged(const struct udf_tables *t, const char *what)
{
	return fail_set(t->f, FAIL_FAILED, "", "the UDF %s is damaged or can't be read", what);
}

/* The partition that another one lies in: its files are recorded there. */
static unsigned find_beneath(struct udf_tables *t, unsigned partition)
{
	const struct udf_partitions *p = t->partitions;
	unsigned i = 0;

	while (i < p->n && (p->at[i].number != p->at[partition].number ||
				   p->at[i].kind == UDF_VIRTUAL || p->at[i].kind == UDF_METADATA))
		i++;
	return i;
}

static int compare_spares(const void *a, const void *b)
{
	const struct udf_spare *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

/* Takes a sparing table (UDF 2.60, 2.2.12) of n_bytes. 1: it is damaged. */
static int take_spares(
	struct udf_tables *t, struct udf_partition *s, const uint8_t *table, size_t n_bytes)
{
	enum { NAME = 16, N_ENTRIES = 48, ENTRIES = 56, UNUSED = 0xfffffff0u };
	size_t n = n_bytes < ENTRIES ? 0 : number_le16(table + N_ENTRIES);

	if (n_bytes < ENTRIES || n > (n_bytes - ENTRIES) / 8 || udf_tag_id(table, n_bytes) != 0 ||
		!udf_tag_has_right_sum(table, n_bytes) ||
		!udf_tag_is_entity(table + NAME, "*UDF Sparing Table"))
		return 1;
	s->spares = malloc(n * sizeof *s->spares + 1);
	if (!s->spares)
		return fail_memory(t->f);
	for (size_t i = 0; i < n; i++) {
		const uint8_t *entry = table + ENTRIES + 8 * i;

		if (number_le32(entry) < (uint32_t)UNUSED)
			s->spares[s->n_spares++] =
				(struct udf_spare){ number_le32(entry), number_le32(entry + 4) };
	}
	qsort(s->spares, s->n_spares, sizeof *s->spares, compare_spares);
	return 0;
}

/* Reads the first of the tables that is whole. */
static int load_spares(struct udf_tables *t, struct udf_partition *s, const uint8_t *map)
{
	enum { PACKET = 40, N_TABLES = 42, TABLE_BYTES = 44, TABLES = 48, TABLES_MAX = 4 };
	enum { TABLE_MAX = 56 + 8 * 65535 };
	uint32_t n_bytes = number_le32(map + TABLE_BYTES);
	uint8_t *table = NULL;
	int result = 1;

	s->packet_blocks = number_le16(map + PACKET);
	if (s->packet_blocks == 0 || n_bytes > TABLE_MAX)
		return damaged(t, "logical volume descriptor");
	table = malloc(n_bytes + 1);
	if (!table)
		return fail_memory(t->f);
	for (int i = 0; i < map[N_TABLES] && i < TABLES_MAX && result > 0; i++) {
		uint32_t block = number_le32(map + TABLES + 4 * i);

		add_structure(t, block, n_bytes);
		if (byte_reader_read(t->bytes, (uint64_t)block * t->partitions->block_bytes,
			    n_bytes, table, NULL) == 0)
			result = take_spares(t, s, table, n_bytes);
	}
	free(table);
	return result > 0 ? damaged(t, "sparing table") : result;
}

/* Takes what the table's file holds: behind a header, or before a name (UDF 2.60, 2.2.11; UDF 1.50,
 * 2.2.10). 1: it is no table. */
static int take_places(struct udf_tables *t, struct udf_partition *v, struct udf_entry *e,
	uint8_t *table, size_t n_bytes)
{
	enum { TRAILER = 36, HEADER_MIN = 152 };
	size_t first = 0, end = n_bytes;

	if (e->type == UDF_TYPE_TABLE)
		first = n_bytes < HEADER_MIN ? n_bytes + 1 : number_le16(table);
	else if (n_bytes < TRAILER ||
		 !udf_tag_is_entity(table + n_bytes - TRAILER, "*UDF Virtual Alloc Tbl"))
		return 1;
	else
		end -= TRAILER;
	if (first > end)
		return 1;
	v->n_places = (end - first) / 4;
	v->places = malloc(v->n_places * sizeof *v->places + 1);
	if (!v->places)
		return fail_memory(t->f);
	for (size_t i = 0; i < v->n_places; i++)
		v->places[i] = number_le32(table + first + 4 * i);
	return 0;
}

/* Reads the table from the file whose entry is in a block of the disc. 1: there is none. */
static int read_places(
	struct udf_tables *t, struct udf_partition *v, unsigned beneath, uint64_t block)
{
	uint64_t at = block * t->partitions->block_bytes, start = 0;
	struct disc_extent place = { .lba = (uint32_t)(at / BLOCK_BYTES),
		.n_bytes = t->partitions->block_bytes,
		.skip = at % BLOCK_BYTES,
		.partition = (uint16_t)beneath };
	struct udf_entry e = { 0 };
	uint8_t *table = NULL;
	uint32_t from = 0;
	int result = -1;

	if (udf_entry_read(t->partitions, t->bytes, place, &e, t->memory, t->f))
		goto out;
	result = 1;
	if (!S_ISREG(e.node.mode) || e.node.is_hurt || e.node.n_bytes > INT32_MAX ||
		(e.type != UDF_TYPE_TABLE && e.type != UDF_TYPE_UNSPECIFIED))
		goto out;
	result = -1;
	if (disc_memory_spend(t->memory, 2 * (size_t)e.node.n_bytes, t->f))
		goto out;
	table = malloc((size_t)e.node.n_bytes + 1);
	if (!table) {
		fail_memory(t->f);
		goto out;
	}
	result = 1;
	if (udf_entry_bytes(&e.extents, t->bytes, &t->partitions->mirror, UDF_EITHER, &from, &start,
		    0, (size_t)e.node.n_bytes, table))
		goto out;
	result = take_places(t, v, &e, table, (size_t)e.node.n_bytes);
	for (uint32_t i = 0; i < e.extents.n && result == 0; i++)
		add_structure(t, byte_reader_place(&e.extents.at[i]) / t->partitions->block_bytes,
			e.extents.at[i].n_bytes);
	if (result == 0)
		add_structure(t, block, t->partitions->block_bytes);
out:
	free(table);
	disc_extents_clear(&e.extents);
	return result;
}

/* The last table is what counts; it is the last thing that was written, but for padding. */
static int load_places(struct udf_tables *t, struct udf_partition *v, unsigned beneath)
{
	uint64_t n = t->bytes->blocks->n_blocks * BLOCK_BYTES / t->partitions->block_bytes;
	int result = 1;

	for (uint64_t i = 1; i <= TABLE_BLOCKS_MAX && i <= n && result > 0; i++) {
		uint8_t tag[UDF_TAG_BYTES];
		int id;

		if (byte_reader_read(
			    t->bytes, (n - i) * t->partitions->block_bytes, sizeof tag, tag, NULL))
			continue;
		id = udf_tag_id(tag, sizeof tag);
		if (id == UDF_FILE_ENTRY || id == UDF_EXTENDED_FILE_ENTRY)
			result = read_places(t, v, beneath, n - i);
	}
	return result > 0 ? damaged(t, "virtual allocation table, at the end of the disc,")
			  : result;
}

/* Reads where the metadata file, or its mirror, lies. 1: its entry is damaged. */
static int read_metadata(struct udf_tables *t, unsigned beneath, uint32_t block, uint8_t type,
	struct disc_extents *extents)
{
	struct udf_entry e = { 0 };
	struct disc_extent place;

	if (!udf_entry_find(t->partitions, beneath, block, &place))
		return 1;
	add_structure(t, byte_reader_place(&place) / t->partitions->block_bytes,
		t->partitions->block_bytes);
	if (udf_entry_read(t->partitions, t->bytes, place, &e, t->memory, t->f)) {
		disc_extents_clear(&e.extents);
		return -1;
	}
	if (e.type == type && !e.node.is_hurt && e.extents.n) {
		*extents = e.extents;
		return 0;
	}
	disc_extents_clear(&e.extents);
	return 1;
}

/* Takes the mirror as a copy of what the metadata file holds; one is enough. */
static int take_mirror(
	struct udf_tables *t, const struct udf_partition *m, unsigned beneath, uint32_t block)
{
	struct disc_extents mirror = { 0 };
	int result = read_metadata(t, beneath, block, UDF_TYPE_MIRROR, &mirror);

	if (result == 0)
		result = udf_mirror_make(
			&t->partitions->mirror, &m->contents, &mirror, t->memory, t->f);
	disc_extents_clear(&mirror);
	return result < 0 ? -1 : 0;
}

/* Where the entry of the metadata file is damaged, that of the mirror has the same or a copy (UDF
 * 2.60, 2.2.13). */
static int load_metadata(
	struct udf_tables *t, struct udf_partition *m, unsigned beneath, const uint8_t *map)
{
	enum { MAIN = 40, MIRROR = 44, MAP_FLAGS = 58, IS_DUPLICATE = 1 };
	uint32_t main = number_le32(map + MAIN), mirror = number_le32(map + MIRROR);
	bool is_double = map[MAP_FLAGS] & IS_DUPLICATE && !t->partitions->mirror.at;
	struct disc_extents contents = { 0 };
	int result = read_metadata(t, beneath, main, UDF_TYPE_METADATA, &contents);

	if (result > 0) {
		is_double = false;
		result = read_metadata(t, beneath, mirror, UDF_TYPE_MIRROR, &contents);
		t->bytes->used_copy = t->bytes->used_copy || result == 0;
	}
	if (result)
		return result > 0 ? damaged(t, "metadata file") : -1;
	if (udf_partitions_take_metadata(m, &contents, t->memory, t->f))
		return -1;
	return is_double ? take_mirror(t, m, beneath, mirror) : 0;
}

int udf_tables_load(struct udf_tables *t, unsigned partition, const uint8_t *map)
{
	unsigned beneath = find_beneath(t, partition);
	struct udf_partition *p = &t->partitions->at[partition];

	if (p->kind == UDF_SPARABLE)
		return load_spares(t, p, map);
	if (p->kind == UDF_PHYSICAL)
		return 0;
	if (beneath == t->partitions->n)
		return damaged(t, "logical volume descriptor");
	return p->kind == UDF_VIRTUAL ? load_places(t, p, beneath)
				      : load_metadata(t, p, beneath, map);
}
