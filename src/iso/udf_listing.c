/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/udf_listing.h"

#include <stdlib.h>
#include <string.h>

#include "iso/disc_name.h"
#include "iso/disc_record.h"
#include "iso/udf_entry.h"
#include "iso/udf_tag.h"
#include "util/number.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

/* Offsets in a file identifier descriptor (4/14.4). */
enum {
	CHARACTERISTICS = 18,
	NAME_BYTES = 19,
	ENTRY_BLOCK = 24,
	ENTRY_PARTITION = 28,
	USE_BYTES = 36, /* of what an implementation put before the name */
	HEADER_BYTES = 38,
	IDENTIFIER_MAX = 38 + 65535 + 255 + 4,
};

enum { IS_DIRECTORY = 2, IS_DELETED = 4, IS_PARENT = 8 };

enum {
	/* of a damaged directory, in search of what comes next */
	SEARCH_MAX = 256 * 1024,
	TARGET_MAX = 4095,
	TARGET_RECORDED_MAX = 32768,
};

/* All entries of a directory together take no more than this to read: those of strategy 4096 may
 * lead on, a thousand steps for each name. */
#define READ_MAX ((uint64_t)2 << 30)

/* The directory that is being read. */
struct reader {
	const struct udf_volume *v;
	struct disc_listing *l;
	struct fail *f;
	struct byte_reader bytes, entries; /* of the directory, of what it names */
	struct udf_entry directory, entry;
	uint32_t from; /* the extent of the directory that was read last, and where it begins */
	uint64_t start;
	size_t copies_left; /* bytes of copies that may be damaged too */
	uint8_t identifier[IDENTIFIER_MAX];
};

static void damage_directory(struct reader *r, const char *what)
{
	if (!r->l->damage)
		r->l->damage = what;
}

/* The directory lies there too. */
static int add_part(struct reader *r, struct disc_extent part)
{
	struct disc_extents *parts = &r->l->parts;
	struct disc_extent *last = parts->n ? &parts->at[parts->n - 1] : NULL;

	if (part.lba == DISC_HOLE)
		return 0;
	if (last && byte_reader_place(last) + last->n_bytes == byte_reader_place(&part) &&
		last->n_bytes <= UINT32_MAX - part.n_bytes) {
		last->n_bytes += part.n_bytes;
		return 0;
	}
	return disc_extents_add(parts, part, &r->l->memory, r->f);
}

/* Puts one component of a path to the others (4/14.16.1). False where it does not fit. */
static bool add_component(
	char target[TARGET_MAX + 1], size_t *n, const uint8_t *component, size_t n_name)
{
	enum { TYPE_AGREED = 1, TYPE_ROOT, TYPE_PARENT, TYPE_SELF, TYPE_NAME };
	char name[DISC_NAME_MAX] = "";

	switch (component[0]) {
	case TYPE_AGREED:
		if (n_name)
			return true;
		/* fall through */
	case TYPE_ROOT:
		*n = 0;
		break;
	case TYPE_PARENT:
		memcpy(name, "..", 3);
		break;
	case TYPE_SELF:
		memcpy(name, ".", 2);
		break;
	case TYPE_NAME:
		if (disc_name_from_udf(name, component + 4, n_name))
			break;
		/* fall through */
	default:
		return false;
	}
	if (strlen(name) + 1 > TARGET_MAX - *n)
		return false;
	memcpy(target + *n, name, strlen(name));
	*n += strlen(name);
	target[(*n)++] = '/';
	return true;
}

/* The path that n bytes of components make; 0: they are damaged. */
static size_t decode_target(char target[TARGET_MAX + 1], const uint8_t *bytes, size_t n)
{
	size_t n_target = 0;

	for (size_t at = 0; at < n;) {
		if (n - at < 4 || bytes[at + 1] > n - at - 4 ||
			!add_component(target, &n_target, bytes + at, bytes[at + 1]))
			return 0;
		at += 4u + bytes[at + 1];
	}
	n_target -= n_target > 1;
	target[n_target] = '\0';
	return n_target;
}

static int take_target(struct reader *r, struct disc_node *node, const struct udf_entry *e)
{
	uint8_t recorded[TARGET_RECORDED_MAX];
	char target[TARGET_MAX + 1], *copy;
	uint64_t start = 0;
	uint32_t from = 0;
	size_t n = 0;

	if (e->extents.n_bytes == node->n_bytes && node->n_bytes <= sizeof recorded &&
		udf_entry_bytes(&e->extents, &r->entries, &r->v->partitions.mirror, UDF_EITHER,
			&from, &start, 0, node->n_bytes, recorded) == 0)
		n = decode_target(target, recorded, node->n_bytes);
	if (n == 0) {
		disc_node_damage(node, "has a damaged link target");
		return 0;
	}
	copy = disc_memory_get(&r->l->memory, n + 1, r->f);
	if (!copy)
		return -1;
	node->target = memcpy(copy, target, n + 1);
	node->n_bytes = n;
	return 0;
}

/* Where a file's bytes lie; a directory is found by its entry. */
static int take_extents(struct reader *r, struct disc_node *node, const struct udf_entry *e,
	struct disc_extent place)
{
	bool is_directory = S_ISDIR(node->mode);
	uint32_t n = is_directory ? 1 : e->extents.n;
	struct disc_extent *extents;

	if (!(is_directory || S_ISREG(node->mode)) || n == 0)
		return 0;
	extents = disc_memory_get(&r->l->memory, n * sizeof *extents, r->f);
	if (!extents)
		return -1;
	memcpy(extents, is_directory ? &place : e->extents.at, n * sizeof *extents);
	node->extents = extents;
	node->n_extents = n;
	return 0;
}

/* Fills in all but the name, from the entry at that place. */
static int take_entry(struct reader *r, struct disc_node *node, struct disc_extent place)
{
	struct udf_entry *e = &r->entry;

	if (add_part(r, place) ||
		udf_entry_read(&r->v->partitions, &r->entries, place, e, &r->l->memory, r->f))
		return -1;
	*node = e->node;
	if (S_ISLNK(node->mode) && take_target(r, node, e))
		return -1;
	return take_extents(r, node, e, place);
}

/* Adds what an identifier, which is in r, names. */
static int add_identified(struct reader *r)
{
	const uint8_t *i = r->identifier;
	bool is_directory = i[CHARACTERISTICS] & IS_DIRECTORY;
	struct disc_node *node = disc_memory_get(&r->l->memory, sizeof *node, r->f);
	struct disc_extent place;
	char name[DISC_NAME_MAX];

	if (!node)
		return -1;
	if (!udf_entry_find(&r->v->partitions, number_le16(i + ENTRY_PARTITION),
		    number_le32(i + ENTRY_BLOCK), &place))
		disc_node_hurt(node, "has a file entry in a block that the volume lacks");
	else if (take_entry(r, node, place))
		return -1;
	if (node->mode == 0) {
		node->mode = is_directory ? S_IFDIR | 0555u : S_IFREG | 0444u;
		node->n_links = 1;
	}
	if (is_directory != S_ISDIR(node->mode))
		disc_node_damage(node, "has a file type that contradicts its directory record");
	if (!disc_name_from_udf(name, i + HEADER_BYTES + number_le16(i + USE_BYTES), i[NAME_BYTES]))
		disc_node_damage(node, "has a name in an unknown character set");
	return disc_record_keep_name(node, name, &r->l->memory, r->f) ||
			       disc_listing_add(r->l, node, r->f)
		       ? -1
		       : 0;
}

/* Reads a part of the directory's records. */
static bool read_part(
	struct reader *r, enum udf_mirror_which which, uint64_t offset, size_t n, uint8_t *buf)
{
	const struct disc_extents *all = &r->directory.extents;

	return offset <= all->n_bytes && n <= all->n_bytes - offset &&
	       udf_entry_bytes(all, &r->bytes, &r->v->partitions.mirror, which, &r->from, &r->start,
		       offset, n, buf) == 0;
}

/* Reads the identifier at an offset. Its length; 0: there is none; -1: it can't be read, *end is
 * behind what can't. */
static ssize_t read_either(struct reader *r, enum udf_mirror_which which, uint64_t offset,
	uint64_t *end, bool *is_right)
{
	uint8_t *i = r->identifier;
	size_t n;

	*end = offset + HEADER_BYTES;
	*is_right = false;
	if (!read_part(r, which, offset, HEADER_BYTES, i))
		return -1;
	if (udf_tag_id(i, HEADER_BYTES) != UDF_FILE_IDENTIFIER)
		return 0;
	n = size_round_up(HEADER_BYTES + number_le16(i + USE_BYTES) + i[NAME_BYTES], 4);
	*end = offset + n;
	if (!read_part(r, which, offset + HEADER_BYTES, n - HEADER_BYTES, i + HEADER_BYTES))
		return -1;
	*is_right = udf_tag_has_right_sum(i, n);
	return (ssize_t)n;
}

/* The same, or its copy where it is damaged. */
static ssize_t read_identifier(struct reader *r, uint64_t offset, uint64_t *end)
{
	bool is_right;
	size_t cost;
	ssize_t n = read_either(r, UDF_EITHER, offset, end, &is_right);

	if (is_right)
		return n;
	if (r->v->partitions.mirror.n && r->copies_left) {
		n = read_either(r, UDF_COPY, offset, end, &is_right);
		if (is_right) {
			r->bytes.used_copy = true;
			return n;
		}
		cost = n > 0 ? (size_t)n : HEADER_BYTES;
		r->copies_left -= cost < r->copies_left ? cost : r->copies_left;
		n = read_either(r, UDF_EITHER, offset, end, &is_right);
	}
	if (n > 0)
		damage_directory(r, "directory is damaged");
	return n;
}

/* Where to go on behind a block that can't be read. */
static uint64_t next_block(uint64_t offset, uint64_t end)
{
	uint64_t last = (end - 1) / BLOCK_BYTES * BLOCK_BYTES;

	return last > offset ? last : offset - offset % BLOCK_BYTES + BLOCK_BYTES;
}

/* All identifiers. Behind damage the next one is looked for. */
static int read_all(struct reader *r)
{
	uint64_t n_bytes = r->directory.extents.n_bytes, end;
	size_t n_left = SEARCH_MAX;

	for (uint64_t at = 0; at < n_bytes;) {
		ssize_t n = read_identifier(r, at, &end);

		if (signals_caught())
			return fail_set(r->f, FAIL_FAILED, "", "interrupted");
		if (r->bytes.n_bytes_read + r->entries.n_bytes_read > READ_MAX)
			return fail_set(r->f, FAIL_FAILED, "",
				"a directory is damaged: it would need more than %llu MiB",
				(unsigned long long)READ_MAX >> 20);
		if (n <= 0) {
			uint64_t next = n ? next_block(at, end) : at + 4;

			damage_directory(r, n ? "directory can't be read" : "directory is damaged");
			if (next - at > n_left)
				return 0;
			n_left -= next - at;
			at = next;
			continue;
		}
		at += (uint64_t)n;
		if (!(r->identifier[CHARACTERISTICS] & (IS_DELETED | IS_PARENT)) &&
			add_identified(r))
			return -1;
	}
	return 0;
}

/* Reads the directory's own entry, and says where it lies. */
static int open_directory(struct reader *r, const struct disc_extent *place)
{
	uint64_t most = r->bytes.blocks->n_blocks * BLOCK_BYTES;
	struct udf_entry *d = &r->directory;

	if (udf_entry_read(&r->v->partitions, &r->bytes, *place, d, &r->l->memory, r->f))
		return -1;
	if (d->node.damage)
		damage_directory(r, d->node.damage);
	if (d->extents.n_bytes > most) {
		damage_directory(r, "directory is larger than the medium");
		d->extents.n_bytes = d->extents.n = 0;
	}
	for (uint32_t i = 0; i < d->extents.n; i++)
		if (add_part(r, d->extents.at[i]))
			return -1;
	return 0;
}

static struct reader *new_reader(const struct udf_volume *v, struct block_reader *blocks,
	size_t memory, struct disc_listing *l, struct fail *f)
{
	struct reader *r = calloc(1, sizeof *r);

	if (!r) {
		fail_memory(f);
		return NULL;
	}
	r->v = v;
	r->l = l;
	r->copies_left = SEARCH_MAX;
	r->f = f;
	r->bytes.blocks = r->entries.blocks = blocks;
	l->memory.granted = memory;
	return r;
}

static void free_reader(struct reader *r)
{
	if (!r)
		return;
	disc_extents_clear(&r->directory.extents);
	disc_extents_clear(&r->entry.extents);
	free(r);
}

struct disc_listing *udf_listing_read(const struct udf_volume *v, struct block_reader *blocks,
	size_t memory, const struct disc_node *dir, struct fail *f)
{
	struct disc_listing *l = calloc(1, sizeof *l);
	struct reader *r = l ? new_reader(v, blocks, memory, l, f) : NULL;
	bool good = false;

	if (!l)
		fail_memory(f);
	if (!r)
		goto out;
	if (dir->n_extents != 1)
		l->damage = "directory has no blocks";
	else if (open_directory(r, dir->extents) || read_all(r))
		goto out;
	if (disc_listing_sort(l, f))
		goto out;
	l->n_bytes_read = r->bytes.n_bytes_read + r->entries.n_bytes_read;
	l->used_copy = r->bytes.used_copy || r->entries.used_copy;
	good = true;
out:
	free_reader(r);
	if (good)
		return l;
	disc_listing_free(l);
	return NULL;
}

int udf_listing_find_root(const struct udf_volume *v, struct block_reader *blocks, size_t memory,
	struct disc_node *root, struct arena *arena, struct fail *f)
{
	struct disc_listing l = { .n_nodes = 0 };
	struct reader *r = new_reader(v, blocks, memory, &l, f);
	int result = -1;

	if (!r)
		return -1;
	if (take_entry(r, root, v->root))
		goto out;
	root->name = "";
	if (S_ISDIR(root->mode))
		result = 0;
	else
		fail_set(f, FAIL_FAILED, "", "the UDF root directory is damaged or can't be read");
out:
	disc_extents_clear(&l.parts);
	*arena = l.memory.arena;
	free_reader(r);
	return result;
}
