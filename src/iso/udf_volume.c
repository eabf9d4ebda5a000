/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/udf_volume.h"

#include <stdlib.h>
#include <string.h>

#include "iso/udf_entry.h"
#include "iso/udf_tables.h"
#include "iso/udf_tag.h"
#include "util/number.h"
#include "util/sector.h"

enum {
	SEQUENCE_BLOCKS_MAX = 1024, /* of volume descriptors, all together */
	MKUDFFS_BLOCK_BYTES_MAX = 32768,
	POINTERS_MAX = 16, /* from one extent of them to the next */
};

/* Offsets in volume descriptors (ECMA-167, 3/10). */
enum {
	SEQUENCE_NUMBER = 16,
	POINTER_EXTENT = 20,
	PARTITION_NUMBER = 22,
	PARTITION_BITMAP = 56 + 8,
	PARTITION_FIRST = 188,
	PARTITION_BLOCKS = 192,
	VOLUME_BLOCK_BYTES = 212,
	VOLUME_DOMAIN = 216,
	VOLUME_FILE_SET = 248,
	VOLUME_MAP_BYTES = 264,
	VOLUME_N_MAPS = 268,
	VOLUME_INTEGRITY = 432,
	VOLUME_MAPS = 440,
	FILE_SET_ROOT = 400,
};

struct physical {
	uint16_t number;
	uint32_t sequence_number, first, n_blocks;
};

/* The volume that is being opened. */
struct opening {
	struct udf_volume *v;
	struct byte_reader bytes;
	struct disc_memory memory;
	struct fail *f;
	/* the descriptors that prevail: those with the highest number */
	struct physical physical[UDF_PARTITIONS_MAX];
	unsigned n_physical;
	bool has_volume;
	uint32_t sequence_number;
	unsigned n_blocks_left, n_pointers_left, n_loaded;
	uint8_t volume[UDF_BLOCK_BYTES_MAX];
	uint8_t block[UDF_BLOCK_BYTES_MAX];
};

static uint32_t block_bytes(const struct opening *o)
{
	return o->v->partitions.block_bytes;
}

static void add_structure(struct opening *o, uint64_t block, uint64_t n_bytes)
{
	udf_structures_add(&o->v->structures, block_bytes(o), block, n_bytes);
}

/* The volume goes up to there at least. */
static void reach(struct udf_volume *v, uint64_t end_block)
{
	uint64_t n = (end_block * v->partitions.block_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;

	if (n > v->n_blocks)
		v->n_blocks = n;
}

/* Reads the descriptor at a place, in bytes, which has to say that it lies at that location. Its
 * identifier, or -1. */
static int read_descriptor(struct opening *o, uint64_t place, uint32_t location)
{
	int id;

	if (byte_reader_read(&o->bytes, place, block_bytes(o), o->block, NULL))
		return -1;
	id = udf_tag_id(o->block, block_bytes(o));
	if (id < 0 || udf_tag_location(o->block) != location ||
		!udf_tag_has_right_sum(o->block, block_bytes(o)))
		return -1;
	return id;
}

static void take_partition(struct opening *o)
{
	struct physical found = { .number = number_le16(o->block + PARTITION_NUMBER),
		.sequence_number = number_le32(o->block + SEQUENCE_NUMBER),
		.first = number_le32(o->block + PARTITION_FIRST),
		.n_blocks = number_le32(o->block + PARTITION_BLOCKS) };
	unsigned i = 0;

	while (i < o->n_physical && o->physical[i].number != found.number)
		i++;
	if (i == UDF_PARTITIONS_MAX)
		return;
	if (i < o->n_physical && o->physical[i].sequence_number > found.sequence_number)
		return;
	o->n_physical += i == o->n_physical;
	o->physical[i] = found;
	add_structure(o, (uint64_t)found.first + number_le32(o->block + PARTITION_BITMAP + 4),
		number_le32(o->block + PARTITION_BITMAP) & 0x3fffffff);
}

static void take_volume(struct opening *o)
{
	uint32_t number = number_le32(o->block + SEQUENCE_NUMBER);

	if (o->has_volume && number < o->sequence_number)
		return;
	o->has_volume = true;
	o->sequence_number = number;
	memcpy(o->volume, o->block, sizeof o->volume);
}

/* Takes the descriptors of a sequence, which starts in an extent (3/8.4.2). */
static void read_sequence(struct opening *o, uint32_t n_bytes, uint32_t first)
{
	uint64_t n = n_bytes / block_bytes(o);

	add_structure(o, first, n_bytes);
	reach(o->v, first + n);
	for (uint64_t i = 0; i < n && o->n_blocks_left; i++, o->n_blocks_left--) {
		int id = read_descriptor(o, (first + i) * block_bytes(o), (uint32_t)(first + i));

		if (id == UDF_TERMINATOR)
			return;
		if (id == UDF_PARTITION)
			take_partition(o);
		if (id == UDF_LOGICAL_VOLUME)
			take_volume(o);
		if (id != UDF_POINTER || o->n_pointers_left == 0)
			continue;
		o->n_pointers_left--;
		n = number_le32(o->block + POINTER_EXTENT) / block_bytes(o);
		first = number_le32(o->block + POINTER_EXTENT + 4);
		add_structure(o, first, n * block_bytes(o));
		i = UINT64_MAX; /* the first of them is next */
	}
}

static bool has_all(const struct opening *o)
{
	return o->has_volume && o->n_physical;
}

/* Takes the descriptors that an anchor in that block points to: the main sequence, or else the
 * reserve one (3/10.2). */
static bool read_anchor(struct opening *o, uint64_t block)
{
	uint32_t extents[4];

	if (block > UINT32_MAX ||
		read_descriptor(o, block * block_bytes(o), (uint32_t)block) != UDF_ANCHOR)
		return false;
	for (int i = 0; i < 4; i++)
		extents[i] = number_le32(o->block + UDF_TAG_BYTES + 4 * i);
	add_structure(o, block, block_bytes(o));
	reach(o->v, block + 1);
	for (int i = 0; i < 4 && !has_all(o); i += 2) {
		o->n_blocks_left = SEQUENCE_BLOCKS_MAX;
		o->n_pointers_left = POINTERS_MAX;
		read_sequence(o, extents[i], extents[i + 1]);
	}
	return has_all(o);
}

/* Looks for an anchor where one may be (3/8.4.2.1, UDF 2.60, 2.2.3), with logical blocks of that
 * size. */
static bool find_anchor(struct opening *o, uint32_t n_bytes)
{
	uint64_t n = o->bytes.blocks->n_blocks * BLOCK_BYTES / n_bytes;
	const uint64_t places[] = { 256, n - 1, n - 257, 512 };

	o->v->partitions.block_bytes = n_bytes;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (places[i] < n && read_anchor(o, places[i]))
			return true;
	return false;
}

/* True where there is an anchor of logical blocks of that size, which are too large here. */
static bool is_anchor_of(struct opening *o, uint32_t n_bytes)
{
	enum { PLACE = 256, ANCHOR_BYTES = 512 };

	return byte_reader_read(
		       &o->bytes, (uint64_t)PLACE * n_bytes, ANCHOR_BYTES, o->block, NULL) == 0 &&
	       udf_tag_id(o->block, ANCHOR_BYTES) == UDF_ANCHOR &&
	       udf_tag_location(o->block) == PLACE;
}

static int find_descriptors(struct opening *o)
{
	static const uint32_t sizes[] = { 2048, 512, 4096, 1024 };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		if (find_anchor(o, sizes[i]))
			return 0;
	for (uint32_t n = 2 * UDF_BLOCK_BYTES_MAX; n <= MKUDFFS_BLOCK_BYTES_MAX; n *= 2)
		if (is_anchor_of(o, n)) {
			fail_set(o->f, FAIL_FAILED, "",
				"has a UDF file system with logical blocks of %u bytes, which is "
				"not supported",
				n);
			return fail_unsupported(o->f);
		}
	return fail_set(o->f, FAIL_FAILED, "",
		"the UDF file system's volume descriptors are damaged or can't be read");
}

static int damaged(struct opening *o, const char *what)
{
	return fail_set(o->f, FAIL_FAILED, "", "the UDF %s is damaged or can't be read", what);
}

static int unsupported(struct opening *o, const char *what)
{
	fail_set(o->f, FAIL_FAILED, "", "a UDF %s is not supported", what);
	return fail_unsupported(o->f);
}

/* The kind of a partition map of type 2 (UDF 2.60, 2.2.8 to 2.2.10); -1: another. */
static int kind_of(const uint8_t *map)
{
	static const char *const names[] = { [UDF_VIRTUAL] = "*UDF Virtual Partition",
		[UDF_SPARABLE] = "*UDF Sparable Partition",
		[UDF_METADATA] = "*UDF Metadata Partition" };

	for (int i = UDF_VIRTUAL; i <= UDF_METADATA; i++)
		if (udf_tag_is_entity(map + 4, names[i]))
			return i;
	return -1;
}

/* Takes a partition map, all but its tables. */
static int add_map(struct opening *o, const uint8_t *map)
{
	enum { TYPE_1_BYTES = 6, TYPE_2_BYTES = 64 };
	struct udf_partitions *p = &o->v->partitions;
	struct udf_partition *at = &p->at[p->n];
	int kind = map[0] == 1 ? UDF_PHYSICAL : map[0] == 2 ? kind_of(map) : -1;
	unsigned i = 0;

	if (p->n == UDF_PARTITIONS_MAX)
		return unsupported(o, "volume of more than 8 partitions");
	if (kind < 0 || map[1] != (kind == UDF_PHYSICAL ? TYPE_1_BYTES : TYPE_2_BYTES))
		return unsupported(o, "partition of an unknown kind");
	*at = (struct udf_partition){ .kind = (enum udf_partition_kind)kind,
		.number = number_le16(map + (kind == UDF_PHYSICAL ? 4 : 38)) };
	while (i < o->n_physical && o->physical[i].number != at->number)
		i++;
	if (i == o->n_physical)
		return damaged(o, "partition descriptor");
	at->first = o->physical[i].first;
	at->n_blocks = o->physical[i].n_blocks;
	reach(o->v, at->first + at->n_blocks);
	p->n++;
	return 0;
}

/* Calls take with each partition map (3/10.6.13). */
static int for_each_map(struct opening *o, int (*take)(struct opening *o, const uint8_t *map))
{
	uint32_t n = number_le32(o->volume + VOLUME_MAP_BYTES), at = 0;

	if (n > block_bytes(o) - VOLUME_MAPS)
		return damaged(o, "logical volume descriptor");
	for (uint32_t i = 0; i < number_le32(o->volume + VOLUME_N_MAPS); i++) {
		const uint8_t *map = o->volume + VOLUME_MAPS + at;

		if (n - at < 6 || map[1] < 6 || map[1] > n - at)
			return damaged(o, "logical volume descriptor");
		if (take(o, map))
			return -1;
		at += map[1];
	}
	return 0;
}

static int take_logical_volume(struct opening *o)
{
	const uint8_t *d = o->volume;

	if (number_le32(d + VOLUME_BLOCK_BYTES) != block_bytes(o))
		return damaged(o, "logical volume descriptor");
	if (udf_tag_is_entity(d + VOLUME_DOMAIN, "*OSTA UDF Compliant"))
		o->v->revision = number_le16(d + VOLUME_DOMAIN + 24);
	add_structure(o, number_le32(d + VOLUME_INTEGRITY + 4), number_le32(d + VOLUME_INTEGRITY));
	return for_each_map(o, add_map);
}

/* Reads what a partition of type 2 needs; its map is the next one of those in order. */
static int load_map(struct opening *o, const uint8_t *map)
{
	struct udf_tables tables = { .bytes = &o->bytes,
		.partitions = &o->v->partitions,
		.structures = &o->v->structures,
		.memory = &o->memory,
		.f = o->f };
	unsigned i = o->n_loaded++;

	if (udf_tables_load(&tables, i, map))
		return -1;
	/* what is left for later sessions is not there */
	if (o->v->partitions.at[i].kind == UDF_VIRTUAL)
		o->v->n_blocks = o->bytes.blocks->n_blocks;
	return 0;
}

static bool read_file_set(struct opening *o, uint64_t place, uint32_t block)
{
	uint64_t copy;

	if (read_descriptor(o, place, block) == UDF_FILE_SET)
		return true;
	if (!udf_mirror_find(&o->v->partitions.mirror, place, block_bytes(o), &copy) ||
		read_descriptor(o, copy, block) != UDF_FILE_SET)
		return false;
	o->bytes.used_copy = true;
	return true;
}

/* The file set (4/14.1), which leads to the root. */
static int find_root(struct opening *o)
{
	struct udf_partitions *p = &o->v->partitions;
	uint32_t block = number_le32(o->volume + VOLUME_FILE_SET + 4);
	struct disc_extent place;

	if (!udf_entry_find(p, number_le16(o->volume + VOLUME_FILE_SET + 8), block, &place))
		return damaged(o, "file set descriptor");
	if (!read_file_set(o, byte_reader_place(&place), block))
		return damaged(o, "file set descriptor");
	add_structure(o, byte_reader_place(&place) / p->block_bytes, p->block_bytes);
	if (!udf_entry_find(p, number_le16(o->block + FILE_SET_ROOT + 8),
		    number_le32(o->block + FILE_SET_ROOT + 4), &o->v->root))
		return damaged(o, "root directory");
	return 0;
}

int udf_volume_open(
	struct udf_volume *v, struct block_reader *blocks, size_t memory, struct fail *f)
{
	struct opening *o = calloc(1, sizeof *o);
	int result = -1;

	*v = (struct udf_volume){ 0 };
	if (!o)
		return fail_memory(f);
	o->v = v;
	o->f = f;
	o->bytes.blocks = blocks;
	o->memory.granted = memory;
	/* what lies before the end of the volume recognition sequence */
	v->structures.at[v->structures.n++] = (struct disc_extent){ .n_bytes = 32 * BLOCK_BYTES };
	if (find_descriptors(o) || take_logical_volume(o) || for_each_map(o, load_map) ||
		find_root(o))
		goto out;
	v->used_copy = o->bytes.used_copy;
	result = 0;
out:
	free(o);
	if (result)
		udf_volume_close(v);
	return result;
}

void udf_volume_close(struct udf_volume *v)
{
	udf_partitions_clear(&v->partitions);
}
