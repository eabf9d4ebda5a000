/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/udf_entry.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "iso/disc_time.h"
#include "iso/udf_tag.h"
#include "util/number.h"

/* Offsets in both kinds of entry (4/14.9, 4/14.17). */
enum {
	STRATEGY = 20,
	TYPE = 27,
	FLAGS = 34,
	UID = 36,
	GID = 40,
	PERMISSIONS = 44,
	N_LINKS = 48,
	N_BYTES = 56,
};

/* Those that differ. */
struct form {
	size_t atime, mtime, ctime, n_attributes, n_allocation, rest;
};
static const struct form plain_form = { 72, 84, 96, 168, 172, 176 };
static const struct form extended_form = { 80, 92, 116, 208, 212, 216 };

enum {
	TYPE_DIRECTORY = 4,
	TYPE_FILE,
	TYPE_BLOCK,
	TYPE_CHARACTER,
	TYPE_FIFO = 9,
	TYPE_SOCKET,
	TYPE_LINK = 12,
	TYPE_REAL_TIME = 249
};
enum { SETUID = 1 << 6, SETGID = 1 << 7, STICKY = 1 << 8, TRANSFORMED = 1 << 11 };

/* How a file's extents are recorded (4/14.6.8): the lower bits of the flags. */
enum { SHORT_EXTENTS, LONG_EXTENTS, EXTENDED_EXTENTS, NO_EXTENTS, EXTENTS_MASK = 7 };

/* The kind of an extent, the two upper bits of its length (4/14.14.1.1). */
enum { RECORDED, NOT_RECORDED, NOT_ALLOCATED, MORE_EXTENTS };

/* An indirect entry leads to the next one (4096: 4/A.5); not without end. */
enum { STRATEGY_CHAINED = 4096, CHAIN_MAX = 1024 };

enum { NO_OWNER = -1 };

/* The entry that is being read. */
struct reader {
	const struct udf_partitions *p;
	struct byte_reader *bytes;
	struct udf_entry *e;
	struct disc_memory *memory;
	struct fail *f;
	struct disc_extent place;
	uint64_t read_at;      /* bytes: there, or the copy */
	uint32_t block_number; /* in its partition */
	uint8_t block[UDF_BLOCK_BYTES_MAX];
};

bool udf_entry_find(const struct udf_partitions *p, unsigned partition, uint32_t block,
	struct disc_extent *place)
{
	if (!udf_partitions_find(p, partition, block, p->block_bytes, place))
		return false;
	place->partition = (uint16_t)partition;
	return true;
}

/* Reads the block of a descriptor, which has to say that it lies at the place. Its identifier, or
 * -1. */
static int read_block_at(struct reader *r, uint64_t at)
{
	struct disc_extent claimed;
	int id;

	if (byte_reader_read(r->bytes, at, r->p->block_bytes, r->block, NULL))
		return -1;
	id = udf_tag_id(r->block, r->p->block_bytes);
	r->read_at = at;
	r->block_number = udf_tag_location(r->block);
	if (id < 0 || !udf_tag_has_right_sum(r->block, r->p->block_bytes) ||
		!udf_entry_find(r->p, r->place.partition, r->block_number, &claimed) ||
		byte_reader_place(&claimed) != byte_reader_place(&r->place))
		return -1;
	return id;
}

/* The same, or its copy. */
static int read_block(struct reader *r)
{
	uint64_t place = byte_reader_place(&r->place), copy;
	int id = read_block_at(r, place);

	if (id < 0 && udf_mirror_find(&r->p->mirror, place, r->p->block_bytes, &copy)) {
		id = read_block_at(r, copy);
		r->bytes->used_copy = r->bytes->used_copy || id >= 0;
	}
	return id;
}

/* Reads the entry itself, at the end of those that lead to it. */
static int read_entry(struct reader *r)
{
	int id = read_block(r);

	/* the prevailing entry of a chain is the last one that is recorded */
	for (int i = 0; i < CHAIN_MAX && id >= 0; i++) {
		struct disc_extent here = r->place, next;
		uint64_t read_at = r->read_at;
		uint8_t entry[UDF_BLOCK_BYTES_MAX];

		if (number_le16(r->block + STRATEGY) != STRATEGY_CHAINED)
			return id;
		memcpy(entry, r->block, sizeof entry);
		if (!udf_entry_find(r->p, here.partition, r->block_number + 1, &r->place) ||
			read_block(r) != UDF_INDIRECT_ENTRY ||
			!udf_entry_find(r->p, number_le16(r->block + 44),
				number_le32(r->block + 40), &next)) {
			memcpy(r->block, entry, sizeof entry);
			r->place = here;
			r->read_at = read_at;
			r->block_number = udf_tag_location(entry);
			return id;
		}
		r->place = next;
		id = read_block(r);
	}
	return -1;
}

static uint32_t type_of(struct disc_node *node, uint8_t type)
{
	switch (type) {
	case TYPE_DIRECTORY:
		return S_IFDIR;
	case TYPE_BLOCK:
		return S_IFBLK;
	case TYPE_CHARACTER:
		return S_IFCHR;
	case TYPE_FIFO:
		return S_IFIFO;
	case TYPE_SOCKET:
		return S_IFSOCK;
	case TYPE_LINK:
		return S_IFLNK;
	case UDF_TYPE_UNSPECIFIED:
	case TYPE_FILE:
	case TYPE_REAL_TIME:
	case UDF_TYPE_TABLE:
	case UDF_TYPE_METADATA:
	case UDF_TYPE_MIRROR:
		return S_IFREG;
	default:
		disc_node_damage(node, "has an unknown file type");
		return S_IFREG;
	}
}

/* Five bits each for others, group and owner: x, w, r, and two that Unix does not have (4/14.9.5).
 */
static uint32_t permissions_of(const uint8_t *entry)
{
	uint32_t bits = number_le32(entry + PERMISSIONS);
	uint16_t flags = number_le16(entry + FLAGS);

	return (bits & 0007) | (bits >> 2 & 0070) | (bits >> 4 & 0700) |
	       (flags & SETUID ? S_ISUID : 0) | (flags & SETGID ? S_ISGID : 0) |
	       (flags & STICKY ? S_ISVTX : 0);
}

static void take_state(struct reader *r, const struct form *form)
{
	struct disc_node *node = &r->e->node;
	const uint8_t *entry = r->block;
	uint32_t owners[2] = { number_le32(entry + UID), number_le32(entry + GID) };

	r->e->type = entry[TYPE];
	node->mode = type_of(node, entry[TYPE]);
	node->mode |= S_ISLNK(node->mode) ? 0777 : permissions_of(entry);
	/* who owns it is not recorded: it is shown as root's, as without Rock Ridge */
	node->uid = owners[0] == (uint32_t)NO_OWNER ? 0 : owners[0];
	node->gid = owners[1] == (uint32_t)NO_OWNER ? 0 : owners[1];
	node->n_links = number_le16(entry + N_LINKS);
	/* a directory is not counted as a name of itself */
	node->n_links += S_ISDIR(node->mode) || node->n_links == 0;
	node->n_bytes = number_le64(entry + N_BYTES);
	node->inode = byte_reader_place(&r->place) / r->p->block_bytes;
	disc_time_udf(entry + form->atime, &node->atime, &node->atime_ns);
	disc_time_udf(entry + form->mtime, &node->mtime, &node->mtime_ns);
	disc_time_udf(entry + form->ctime, &node->ctime, &node->ctime_ns);
}

/* Looks for the numbers of a device node among n bytes of extended attributes (4/14.10.7). */
static void take_device(struct disc_node *node, const uint8_t *bytes, size_t n)
{
	enum { HEADER = 24, DEVICE_BYTES = 24, DEVICE = 12 };

	for (size_t at = HEADER; n >= DEVICE_BYTES && at <= n - DEVICE_BYTES;) {
		uint32_t n_attribute = number_le32(bytes + at + 8);

		if (number_le32(bytes + at) == DEVICE) {
			node->device =
				makedev(number_le32(bytes + at + 16), number_le32(bytes + at + 20));
			return;
		}
		if (n_attribute < 12 || n_attribute > n - at)
			break;
		at += n_attribute;
	}
	disc_node_damage(node, "is a device node without device numbers");
}

static int add(struct reader *r, struct disc_extent part)
{
	if (part.lba != DISC_HOLE) {
		uint64_t end = byte_reader_place(&part) + part.n_bytes;

		if (end > r->bytes->blocks->n_blocks * BLOCK_BYTES)
			disc_node_cut(&r->e->node);
	}
	return disc_extents_add(&r->e->extents, part, r->memory, r->f);
}

/* Adds what of n_bytes from a block on belongs to the file. */
static int add_extent(
	struct reader *r, unsigned kind, unsigned partition, uint32_t block, uint32_t n_bytes)
{
	uint64_t rest = r->e->node.n_bytes - r->e->extents.n_bytes;
	struct disc_extent part;

	if (n_bytes > rest)
		n_bytes = (uint32_t)rest;
	if (kind != RECORDED)
		return add(r, (struct disc_extent){ .lba = DISC_HOLE, .n_bytes = n_bytes });
	for (; n_bytes; n_bytes -= part.n_bytes) {
		if (!udf_partitions_find(r->p, partition, block, n_bytes, &part)) {
			disc_node_hurt(&r->e->node, "lies in a block that the volume lacks");
			return 0;
		}
		if (add(r, part))
			return -1;
		block += part.n_bytes / r->p->block_bytes;
	}
	return 0;
}

/* Takes n bytes of allocation descriptors. 0: that was all; 1: they go on at *partition, *block;
 * -1 with f filled. */
static int take_extents(struct reader *r, const uint8_t *bytes, size_t n, bool is_long,
	unsigned *partition, uint32_t *block)
{
	size_t step = is_long ? 16 : 8;

	for (; n >= step; bytes += step, n -= step) {
		uint32_t n_bytes = number_le32(bytes);
		unsigned kind = n_bytes >> 30;

		*block = number_le32(bytes + 4);
		*partition = is_long ? number_le16(bytes + 8) : r->place.partition;
		if ((n_bytes &= 0x3fffffff) == 0)
			return 0;
		if (kind == MORE_EXTENTS)
			return 1;
		if (add_extent(r, kind, *partition, *block, n_bytes))
			return -1;
	}
	return 0;
}

/* Reads more allocation descriptors, or their copy. */
static bool read_extents(struct reader *r, const struct disc_extent *place, uint8_t *more)
{
	for (int which = UDF_EITHER; which <= UDF_COPY; which++) {
		if (udf_mirror_read(&r->p->mirror, r->bytes, (enum udf_mirror_which)which,
			    byte_reader_place(place), r->p->block_bytes, more) ||
			udf_tag_id(more, r->p->block_bytes) != UDF_ALLOCATION_EXTENT ||
			!udf_tag_has_right_sum(more, r->p->block_bytes))
			continue;
		r->bytes->used_copy = r->bytes->used_copy || which == UDF_COPY;
		return true;
	}
	return false;
}

/* Follows the allocation descriptors behind those of the entry (4/14.5). */
static int take_more_extents(
	struct reader *r, bool is_long, unsigned partition, uint32_t block, uint8_t *more)
{
	enum { N_BYTES_AT = 20, FIRST = 24 };
	int goes_on = 1;

	while (goes_on > 0 && r->e->extents.n_bytes < r->e->node.n_bytes) {
		uint64_t n_before = r->e->extents.n_bytes;
		struct disc_extent place;
		size_t n, most = r->p->block_bytes - FIRST;

		if (!udf_entry_find(r->p, partition, block, &place) ||
			!read_extents(r, &place, more))
			return 0;
		n = number_le32(more + N_BYTES_AT);
		goes_on = take_extents(
			r, more + FIRST, n < most ? n : most, is_long, &partition, &block);
		/* nothing new: they lead to each other */
		if (r->e->extents.n_bytes == n_before)
			break;
	}
	return goes_on < 0 ? -1 : 0;
}

/* Linux 6.1 does not record what it adds to a file within its last block. */
static void extend_last(struct reader *r)
{
	struct disc_extents *all = &r->e->extents;
	struct disc_extent *last = all->n ? &all->at[all->n - 1] : NULL;
	uint64_t missing = r->e->node.n_bytes - all->n_bytes;
	uint32_t within = last ? last->n_bytes % r->p->block_bytes : 0;

	if (within == 0 || missing > r->p->block_bytes - within)
		return;
	last->n_bytes += (uint32_t)missing;
	all->n_bytes += missing;
}

/* Where the file's bytes lie, as n bytes at an offset of the entry say. */
static int find_bytes(struct reader *r, size_t at, size_t n)
{
	struct disc_node *node = &r->e->node;
	unsigned way = number_le16(r->block + FLAGS) & EXTENTS_MASK, partition;
	uint64_t place = r->read_at + at;
	uint8_t more[UDF_BLOCK_BYTES_MAX];
	uint32_t block;
	int result;

	if (way == NO_EXTENTS) {
		result = add(
			r, (struct disc_extent){ .lba = (uint32_t)(place / BLOCK_BYTES),
				   .skip = place % BLOCK_BYTES,
				   .n_bytes = (uint32_t)(n < node->n_bytes ? n : node->n_bytes) });
	} else if (way == SHORT_EXTENTS || way == LONG_EXTENTS) {
		result = take_extents(r, r->block + at, n, way == LONG_EXTENTS, &partition, &block);
		if (result > 0)
			result = take_more_extents(r, way == LONG_EXTENTS, partition, block, more);
		extend_last(r);
	} else {
		disc_node_hurt(node, "records its extents in a way that is not supported");
		return 0;
	}
	if (result == 0 && r->e->extents.n_bytes < node->n_bytes)
		disc_node_hurt(node, "is longer than its recorded extents");
	return result;
}

static int take_entry(struct reader *r, const struct form *form)
{
	struct disc_node *node = &r->e->node;
	size_t room = r->p->block_bytes - form->rest;
	uint32_t n_attributes = number_le32(r->block + form->n_attributes);
	uint32_t n_allocation = number_le32(r->block + form->n_allocation);

	if (n_attributes > room || n_allocation > room - n_attributes) {
		disc_node_hurt(node, "has a damaged file entry");
		n_attributes = n_allocation = 0;
	}
	take_state(r, form);
	if (S_ISBLK(node->mode) || S_ISCHR(node->mode))
		take_device(node, r->block + form->rest, n_attributes);
	if (number_le16(r->block + FLAGS) & TRANSFORMED)
		disc_node_hurt(node, "is stored transformed, which is not supported");
	if (!S_ISREG(node->mode) && !S_ISDIR(node->mode) && !S_ISLNK(node->mode))
		return 0;
	return find_bytes(r, form->rest + n_attributes, n_allocation);
}

int udf_entry_read(const struct udf_partitions *p, struct byte_reader *r, struct disc_extent place,
	struct udf_entry *e, struct disc_memory *memory, struct fail *f)
{
	struct reader reader = {
		.p = p, .bytes = r, .e = e, .memory = memory, .f = f, .place = place
	};
	int id = read_entry(&reader);

	e->extents.n = e->extents.n_bytes = 0;
	e->node = (struct disc_node){ .n_links = 1 };
	if (id == UDF_FILE_ENTRY)
		return take_entry(&reader, &plain_form);
	if (id == UDF_EXTENDED_FILE_ENTRY)
		return take_entry(&reader, &extended_form);
	disc_node_hurt(&e->node, "has a file entry that is damaged or can't be read");
	return 0;
}

int udf_entry_bytes(const struct disc_extents *extents, struct byte_reader *r,
	const struct udf_mirror *mirror, enum udf_mirror_which which, uint32_t *from,
	uint64_t *start, uint64_t offset, size_t n, uint8_t *buf)
{
	while (n && offset < *start)
		*start -= extents->at[--*from].n_bytes;
	while (n) {
		const struct disc_extent *e = &extents->at[*from];
		uint64_t in = offset - *start;
		size_t take;

		if (*from == extents->n)
			return -1;
		if (in >= e->n_bytes) {
			*start += e->n_bytes;
			++*from;
			continue;
		}
		take = n < e->n_bytes - in ? n : (size_t)(e->n_bytes - in);
		if (e->lba == DISC_HOLE)
			memset(buf, 0, take);
		else if (udf_mirror_read(mirror, r, which, byte_reader_place(e) + in, take, buf))
			return -1;
		buf += take;
		offset += take;
		n -= take;
	}
	return 0;
}
