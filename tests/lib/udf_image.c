/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/udf_image.h"

#include <stdlib.h>
#include <string.h>

#include "util/fail.h"
#include "util/number.h"
#include "util/sector.h"

enum { ENTRIES_AT = 30, PACKET = 32, RUN = 5, METADATA_BLOCKS = 25, TABLE_HEADER = 152 };
enum { COPY_RUN = 3, COPY_AT = 200, COPY_REST_AT = 230 };

/* Of extents: see udf_image_make. */
enum { NOT_ALLOCATED = 2u << 30, MORE = 3u << 30 };

static uint32_t first_entry(const struct udf_image *i)
{
	return i->kind == UDF_SPARABLE ? ENTRIES_AT : 0;
}

/* The partition map that has the file entries. */
static unsigned entry_partition(const struct udf_image *i)
{
	return i->kind == UDF_VIRTUAL || i->kind == UDF_METADATA;
}

/* Where in the physical partition a block with an entry lies. */
static uint32_t entry_place(const struct udf_image *i, uint32_t block)
{
	switch (i->kind) {
	case UDF_VIRTUAL:
		return 20 + 3 * block;
	case UDF_METADATA: /* in two extents */
		return block < RUN ? 10 + block : 40 + block - RUN;
	default:
		return first_entry(i) + block;
	}
}

uint8_t *udf_image_block(struct udf_image *i, uint32_t block)
{
	return i->bytes + (size_t)block * i->block_bytes;
}

uint8_t *udf_image_data(struct udf_image *i, uint32_t block)
{
	if (i->kind == UDF_SPARABLE && block / PACKET == 1)
		return udf_image_block(i, UDF_SPARE_PACKET + block % PACKET);
	return udf_image_block(i, UDF_FIRST + block);
}

uint8_t *udf_image_entry(struct udf_image *i, uint32_t block)
{
	return udf_image_data(i, entry_place(i, block));
}

void udf_image_seal(uint8_t *descriptor, size_t n_bytes)
{
	uint8_t sum = 0;
	uint16_t crc = 0;

	for (size_t at = 16; at < n_bytes; at++)
		for (int bit = 7; bit >= 0; bit--) {
			int top = crc >> 15 ^ (descriptor[at] >> bit & 1);

			crc = (uint16_t)(crc << 1 ^ (top ? 0x1021 : 0));
		}
	number_put_le16(descriptor + 8, crc);
	number_put_le16(descriptor + 10, (uint16_t)(n_bytes - 16));
	for (int at = 0; at < 16; at++)
		sum = (uint8_t)(sum + (at == 4 ? 0 : descriptor[at]));
	descriptor[4] = sum;
}

static void put_tag(uint8_t *descriptor, int id, uint32_t location, size_t n_bytes)
{
	number_put_le16(descriptor, (uint16_t)id);
	number_put_le16(descriptor + 2, 3);
	number_put_le32(descriptor + 12, location);
	udf_image_seal(descriptor, n_bytes);
}

static void put_entity(const struct udf_image *i, uint8_t *at, const char *name)
{
	memcpy(at + 1, name, strlen(name));
	number_put_le16(at + 24, i->kind == UDF_METADATA ? 0x0250 : 0x0201);
}

static void put_long_extent(uint8_t *at, uint32_t n_bytes, uint32_t block, unsigned partition)
{
	number_put_le32(at, n_bytes);
	number_put_le32(at + 4, block);
	number_put_le16(at + 8, (uint16_t)partition);
}

/* 2001-02-03 04:05:06.123456, an hour east of Greenwich */
static const uint8_t time_stamp[12] = { 60, 0x10, 0xd1, 0x07, 2, 3, 4, 5, 6, 12, 34, 56 };

/* A file entry of either kind, with attributes and what says where the bytes are. Its length. */
static void put_entry(struct udf_image *i, uint8_t *block, uint32_t location, int id, int type,
	int flags, uint64_t n_bytes, const void *attributes, size_t n_attributes, const void *where,
	size_t n_where)
{
	bool is_extended = id == 266;
	size_t rest = is_extended ? 216 : 176;

	number_put_le16(block + 20, 4);
	number_put_le16(block + 24, 1);
	block[27] = (uint8_t)type;
	number_put_le16(block + 34, (uint16_t)flags);
	number_put_le32(block + 36, 1000);
	number_put_le32(block + 40, 100);
	/* rw-r-----, rwxr-x--- of directories: owner, group and others, in steps of five bits */
	number_put_le32(block + 44, type == 4 ? 7 << 10 | 5 << 5 : 6 << 10 | 4 << 5);
	number_put_le16(block + 48, 1);
	number_put_le64(block + 56, n_bytes);
	for (int t = 0; t < (is_extended ? 4 : 3); t++)
		memcpy(block + (is_extended ? 80 : 72) + 12 * t, time_stamp, sizeof time_stamp);
	block[(is_extended ? 92 : 84) + 8] = 7; /* the second of mtime */
	number_put_le32(block + rest - 8, (uint32_t)n_attributes);
	number_put_le32(block + rest - 4, (uint32_t)n_where);
	memcpy(block + rest, attributes, n_attributes);
	memcpy(block + rest + n_attributes, where, n_where);
	put_tag(block, id, location, rest + n_attributes + n_where);
	(void)i;
}

/* The same for one that users see. */
static void put_file(struct udf_image *i, uint32_t block, int id, int type, int flags,
	uint64_t n_bytes, const void *where, size_t n_where)
{
	put_entry(i, udf_image_entry(i, block), first_entry(i) + block, id, type, flags, n_bytes,
		"", 0, where, n_where);
}

/* A file identifier at *end; its name begins with the size of a character. */
static void put_name(struct udf_image *i, uint8_t *directory, size_t *end, int characteristics,
	uint32_t entry, const char *name, size_t n_name)
{
	uint8_t *at = directory + *end;
	size_t n = (38 + n_name + 3) / 4 * 4;

	number_put_le16(at + 16, 1);
	at[18] = (uint8_t)characteristics;
	at[19] = (uint8_t)n_name;
	put_long_extent(at + 20, i->block_bytes, first_entry(i) + entry, entry_partition(i));
	memcpy(at + 38, name, n_name);
	put_tag(at, 257, first_entry(i) + UDF_ROOT_DATA, n);
	*end += n;
}
#define NAME(name) name, sizeof name - 1

static void put_directories(struct udf_image *i)
{
	uint8_t *root = calloc(1, 2 * i->block_bytes), sub[200] = { 0 }, where[8];
	size_t n_root = 0, n_sub = 0;

	put_name(i, root, &n_root, 10, UDF_ROOT, NAME(""));
	put_name(i, root, &n_root, 0, UDF_HELLO,
		NAME("\x08"
		     "hello"));
	put_name(i, root, &n_root, 4, UDF_HELLO,
		NAME("\x08"
		     "deleted"));
	put_name(i, root, &n_root, 1, UDF_HOLE,
		NAME("\x08"
		     "hidden hole"));
	put_name(i, root, &n_root, 0, UDF_TWO,
		NAME("\x08"
		     "two"));
	put_name(i, root, &n_root, 0, UDF_CHAIN,
		NAME("\x08"
		     "chain"));
	put_name(i, root, &n_root, 2, UDF_SUB,
		NAME("\x08"
		     "sub"));
	put_name(i, root, &n_root, 0, UDF_LINK,
		NAME("\x08"
		     "symlink"));
	put_name(i, root, &n_root, 0, UDF_DEVICE,
		NAME("\x08"
		     "device"));
	put_name(i, root, &n_root, 0, UDF_FIFO,
		NAME("\x08"
		     "fifo"));
	put_name(i, root, &n_root, 0, UDF_NAME,
		NAME("\x08"
		     "h\xe4\xdf"));
	memcpy(udf_image_entry(i, UDF_ROOT_DATA), root, n_root);
	number_put_le32(where, (uint32_t)n_root);
	number_put_le32(where + 4, first_entry(i) + UDF_ROOT_DATA);
	put_file(i, UDF_ROOT, 261, 4, 0, n_root, where, sizeof where);
	free(root);
	put_name(i, sub, &n_sub, 10, UDF_ROOT, NAME(""));
	put_name(i, sub, &n_sub, 0, UDF_TWO,
		NAME("\x10"
		     "\x65\xe5\x67\x2c\xd8\x3d\xde\x00"));
	put_file(i, UDF_SUB, 266, 4, 3, n_sub, sub, n_sub);
}

static void put_files(struct udf_image *i)
{
	/* the names of a link's way: "..", "sub", "h\xe4" */
	static const uint8_t target[] = { 3, 0, 0, 0, 5, 4, 0, 0, 8, 's', 'u', 'b', 5, 3, 0, 0, 8,
		'h', 0xe4 };
	uint32_t bs = i->block_bytes;
	uint8_t where[48] = { 0 }, attributes[48] = { 0 }, *more;

	put_file(i, UDF_HELLO, 261, 5, 3 | 1 << 6, 6, "hello\n", 6);
	put_file(i, UDF_NAME, 266, 5, 3, 0, "", 0);
	put_file(i, UDF_LINK, 261, 12, 3, sizeof target, target, sizeof target);
	put_file(i, UDF_FIFO, 261, 9, 3, 0, "", 0);
	/* two extents, the second one before the first */
	memset(udf_image_data(i, UDF_DATA + 10), 'a', bs);
	memset(udf_image_data(i, UDF_DATA), 'b', 100);
	put_long_extent(where, bs, UDF_DATA + 10, 0);
	put_long_extent(where + 16, 100, UDF_DATA, 0);
	put_file(i, UDF_TWO, 266, 5, 1, bs + 100, where, 32);
	number_put_le16(udf_image_entry(i, UDF_TWO) + 48, 2);
	udf_image_seal(udf_image_entry(i, UDF_TWO), 216 + 32);
	/* two blocks that are not recorded, then ten bytes */
	memset(udf_image_data(i, UDF_DATA + 20), 'c', bs);
	put_long_extent(where, NOT_ALLOCATED | 2 * bs, 0, 0);
	put_long_extent(where + 16, 10, UDF_DATA + 20, 0);
	put_file(i, UDF_HOLE, 261, 5, 1, 2 * bs + 10, where, 32);
	/* one block, and the rest is said elsewhere */
	memset(udf_image_data(i, UDF_DATA + 30), 'd', bs);
	memset(udf_image_data(i, UDF_DATA + 32), 'e', bs);
	put_long_extent(where, bs, UDF_DATA + 30, 0);
	put_long_extent(where + 16, MORE | bs, first_entry(i) + UDF_CHAIN_MORE, entry_partition(i));
	put_file(i, UDF_CHAIN, 261, 5, 1, bs + 5, where, 32);
	more = udf_image_entry(i, UDF_CHAIN_MORE);
	number_put_le32(more + 20, 16);
	put_long_extent(more + 24, 5, UDF_DATA + 32, 0);
	put_tag(more, 258, first_entry(i) + UDF_CHAIN_MORE, 40);
	/* a device's numbers are an extended attribute */
	number_put_le32(attributes + 24, 12);
	attributes[28] = 1;
	number_put_le32(attributes + 32, 24);
	number_put_le32(attributes + 40, 5);
	number_put_le32(attributes + 44, 1);
	number_put_le32(attributes + 16, UINT32_MAX);
	number_put_le32(attributes + 20, UINT32_MAX);
	put_tag(attributes, 262, first_entry(i) + UDF_DEVICE, 24);
	put_entry(i, udf_image_entry(i, UDF_DEVICE), first_entry(i) + UDF_DEVICE, 261, 7, 3, 0,
		attributes, sizeof attributes, "", 0);
}

static void put_file_set(struct udf_image *i)
{
	uint8_t *d = udf_image_entry(i, UDF_FSD);

	memcpy(d + 16, time_stamp, sizeof time_stamp);
	number_put_le16(d + 28, 3);
	number_put_le16(d + 30, 3);
	number_put_le32(d + 32, 1);
	number_put_le32(d + 36, 1);
	memcpy(d + 49, "OSTA Compressed Unicode", 23);
	memcpy(d + 241, "OSTA Compressed Unicode", 23);
	put_long_extent(d + 400, i->block_bytes, first_entry(i) + UDF_ROOT, entry_partition(i));
	put_entity(i, d + 416, "*OSTA UDF Compliant");
	put_tag(d, 256, first_entry(i) + UDF_FSD, 512);
}

/* What a partition of type 2 needs. */
static void put_tables(struct udf_image *i)
{
	uint8_t table[TABLE_HEADER + 4 * UDF_N_ENTRIES] = { 0 }, where[16];
	uint32_t last = UDF_PARTITION_BLOCKS - 1;

	if (i->kind == UDF_SPARABLE) {
		uint8_t *t = udf_image_block(i, UDF_SPARES);

		put_entity(i, t + 16, "*UDF Sparing Table");
		number_put_le16(t + 48, 2);
		number_put_le32(t + 56, PACKET);
		number_put_le32(t + 60, UDF_SPARE_PACKET);
		number_put_le32(t + 64, UINT32_MAX);
		number_put_le32(t + 68, UDF_SPARE_PACKET + PACKET);
		put_tag(t, 0, UDF_SPARES, 72);
	}
	if (i->kind == UDF_VIRTUAL) {
		number_put_le16(table, TABLE_HEADER);
		for (uint32_t b = 0; b < UDF_N_ENTRIES; b++)
			number_put_le32(table + TABLE_HEADER + 4 * b, entry_place(i, b));
		put_entry(i, udf_image_data(i, last), last, 261, 248, 3, sizeof table, "", 0, table,
			sizeof table);
	}
	if (i->kind != UDF_METADATA)
		return;
	number_put_le32(where, RUN * i->block_bytes);
	number_put_le32(where + 4, 10);
	number_put_le32(where + 8, (METADATA_BLOCKS - RUN) * i->block_bytes);
	number_put_le32(where + 12, 40);
	for (uint32_t b = UDF_METADATA_MAIN; b <= UDF_METADATA_MIRROR; b++)
		put_entry(i, udf_image_data(i, b), b, 266, b == UDF_METADATA_MAIN ? 250 : 251, 0,
			METADATA_BLOCKS * i->block_bytes, "", 0, where, sizeof where);
}

/* The partition maps. Their length. */
static size_t put_maps(const struct udf_image *i, uint8_t *map)
{
	static const char *const names[] = { [UDF_VIRTUAL] = "*UDF Virtual Partition",
		[UDF_SPARABLE] = "*UDF Sparable Partition",
		[UDF_METADATA] = "*UDF Metadata Partition" };
	size_t n = 0;

	if (i->kind != UDF_SPARABLE) {
		map[0] = 1;
		map[1] = 6;
		number_put_le16(map + 2, 1);
		n = 6;
	}
	if (i->kind == UDF_PHYSICAL)
		return n;
	map += n;
	map[0] = 2;
	map[1] = 64;
	put_entity(i, map + 4, names[i->kind]);
	number_put_le16(map + 36, 1);
	if (i->kind == UDF_SPARABLE) {
		number_put_le16(map + 40, PACKET);
		map[42] = 1;
		number_put_le32(map + 44, 72);
		number_put_le32(map + 48, UDF_SPARES);
	}
	if (i->kind == UDF_METADATA) {
		number_put_le32(map + 40, UDF_METADATA_MAIN);
		number_put_le32(map + 44, UDF_METADATA_MIRROR);
		number_put_le32(map + 48, UINT32_MAX);
		number_put_le32(map + 52, 32);
		number_put_le16(map + 56, 1);
	}
	return n + 64;
}

static void put_sequence(struct udf_image *i, uint32_t first)
{
	uint8_t *primary = udf_image_block(i, first), *volume = udf_image_block(i, first + 1);
	uint8_t *partition = udf_image_block(i, first + 2), *end = udf_image_block(i, first + 3);
	size_t n_maps = put_maps(i, volume + 440);

	number_put_le16(primary + 56, 1);
	memcpy(primary + 24,
		"\x08"
		"test",
		5);
	primary[55] = 5;
	memcpy(primary + 201, "OSTA Compressed Unicode", 23);
	memcpy(primary + 376, time_stamp, sizeof time_stamp);
	put_tag(primary, 1, first, 512);
	number_put_le32(volume + 16, 1);
	memcpy(volume + 21, "OSTA Compressed Unicode", 23);
	memcpy(volume + 84,
		"\x08"
		"test",
		5);
	volume[84 + 127] = 5;
	number_put_le32(volume + 212, i->block_bytes);
	put_entity(i, volume + 216, "*OSTA UDF Compliant");
	put_long_extent(volume + 248, i->block_bytes, first_entry(i) + UDF_FSD, entry_partition(i));
	number_put_le32(volume + 264, (uint32_t)n_maps);
	number_put_le32(volume + 268, i->kind == UDF_PHYSICAL || i->kind == UDF_SPARABLE ? 1 : 2);
	put_tag(volume, 6, first + 1, 440 + n_maps);
	number_put_le32(partition + 16, 2);
	number_put_le16(partition + 20, 1);
	memcpy(partition + 25, "+NSR03", 6);
	number_put_le32(partition + 184, 1);
	number_put_le32(partition + 188, UDF_FIRST);
	number_put_le32(partition + 192, UDF_PARTITION_BLOCKS);
	put_tag(partition, 5, first + 2, 512);
	put_tag(end, 8, first + 3, 512);
}

static void put_anchor(struct udf_image *i, uint32_t block)
{
	uint8_t *a = udf_image_block(i, block);

	number_put_le32(a + 16, 16 * i->block_bytes);
	number_put_le32(a + 20, UDF_MAIN);
	number_put_le32(a + 24, 16 * i->block_bytes);
	number_put_le32(a + 28, UDF_RESERVE);
	put_tag(a, 2, block, 512);
}

static int read_image(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	const struct udf_image *i = ctx;

	if (i->bad_lba && i->bad_lba >= lba && i->bad_lba < lba + n)
		return fail_set(f, FAIL_FAILED, "LBA", "can't be read");
	memcpy(buf, i->bytes + lba * BLOCK_BYTES, (size_t)n * BLOCK_BYTES);
	return 0;
}

void udf_image_make(struct udf_image *i, enum udf_partition_kind kind, uint32_t block_bytes)
{
	/* a virtual partition ends with its table, and so does the disc */
	uint32_t n_blocks = kind == UDF_VIRTUAL ? UDF_FIRST + UDF_PARTITION_BLOCKS : UDF_BLOCKS;
	uint32_t step = block_bytes < BLOCK_BYTES ? BLOCK_BYTES : block_bytes;

	*i = (struct udf_image){
		.kind = kind, .block_bytes = block_bytes, .n_bytes = (size_t)n_blocks * block_bytes
	};
	i->bytes = calloc(1, i->n_bytes);
	i->blocks = (struct block_reader){
		.read = read_image, .ctx = i, .n_blocks = i->n_bytes / BLOCK_BYTES
	};
	memcpy(i->bytes + 16 * BLOCK_BYTES, "\0BEA01\1", 7);
	memcpy(i->bytes + 16 * BLOCK_BYTES + step, "\0NSR03\1", 7);
	memcpy(i->bytes + 16 * BLOCK_BYTES + 2 * step, "\0TEA01\1", 7);
	put_anchor(i, 256);
	if (kind != UDF_VIRTUAL)
		put_anchor(i, n_blocks - 1);
	put_sequence(i, UDF_MAIN);
	put_sequence(i, UDF_RESERVE);
	put_tables(i);
	put_file_set(i);
	put_files(i);
	put_directories(i);
}

uint8_t *udf_image_copy(struct udf_image *i, uint32_t block)
{
	return udf_image_data(
		i, block < COPY_RUN ? COPY_AT + block : COPY_REST_AT + block - COPY_RUN);
}

void udf_image_double(struct udf_image *i)
{
	static const uint32_t sequences[] = { UDF_MAIN, UDF_RESERVE };
	uint8_t where[16];

	for (uint32_t b = 0; b < UDF_N_ENTRIES; b++)
		memcpy(udf_image_copy(i, b), udf_image_entry(i, b), i->block_bytes);
	number_put_le32(where, COPY_RUN * i->block_bytes);
	number_put_le32(where + 4, COPY_AT);
	number_put_le32(where + 8, (METADATA_BLOCKS - COPY_RUN) * i->block_bytes);
	number_put_le32(where + 12, COPY_REST_AT);
	put_entry(i, udf_image_data(i, UDF_METADATA_MIRROR), UDF_METADATA_MIRROR, 266, 251, 0,
		METADATA_BLOCKS * i->block_bytes, "", 0, where, sizeof where);
	for (int s = 0; s < 2; s++) {
		uint8_t *volume = udf_image_block(i, sequences[s] + 1);

		volume[440 + 6 + 58] = 1;
		udf_image_seal(volume, 440 + 6 + 64);
	}
}

void udf_image_clear(struct udf_image *i)
{
	free(i->bytes);
	*i = (struct udf_image){ 0 };
}
