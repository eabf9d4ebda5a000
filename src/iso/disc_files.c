/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/disc_files.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iso/descriptors.h"
#include "iso/iso9660_listing.h"
#include "iso/large_files.h"
#include "iso/udf_large.h"
#include "iso/udf_listing.h"
#include "iso/udf_volume.h"
#include "util/sector.h"

enum { READ_BLOCKS_MAX = 4096 };

struct disc_files {
	struct iso9660_way way;
	struct udf_volume udf; /* open where the tree that is read is UDF's */
	bool is_udf;
	struct disc_sides sides;
	struct large_files large;
	struct disc_node root;
	struct arena arena;
	uint64_t start, n_blocks;
	struct disc_extent structures[DESCRIPTORS_EXTENTS_MAX];
	size_t n_structures;
	char damage[240];
	atomic_bool used_copy, *tells_copy; /* which is used_copy, as a listing may set it */
};

/* The file systems of a disc, while it is opened. Their trees are numbered: those of ISO 9660, then
 * that of UDF. */
struct sides {
	struct descriptors iso9660;
	struct udf_volume udf;
	bool has_iso9660, has_udf;
};

/* The first damage stays. */
static void set_damage(struct disc_files *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void set_damage(struct disc_files *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!d->damage[0])
		vsnprintf(d->damage, sizeof d->damage, format, args);
	va_end(args);
}

static int open_sides(struct disc_files *d, struct sides *s, struct fail *f)
{
	struct block_reader *blocks = d->way.blocks;
	struct recognised seen = { .is_udf = false };
	struct fail why = { 0 };

	s->has_iso9660 = descriptors_read(&s->iso9660, blocks, &why) == 0;
	if (!s->has_iso9660)
		s->iso9660.n_trees = 0;
	d->start = s->iso9660.start;
	d->n_blocks = s->has_iso9660 ? s->iso9660.n_blocks : 0;
	set_damage(d, "%s", s->has_iso9660 ? s->iso9660.damage : "");
	/* beside a later session of ISO 9660, UDF is out of date */
	if (d->start == 0)
		seen = descriptors_look(blocks);
	if (seen.may_be_udf) {
		why = (struct fail){ 0 };
		fail_set(&why, FAIL_FAILED, "",
			"a block in which UDF may be announced can't be read");
		set_damage(d, "only its ISO 9660 side is shown, and may be cut: %s", why.what);
	}
	if (seen.is_udf) {
		/* where both are damaged, that of UDF tells more */
		why = (struct fail){ 0 };
		s->has_udf = udf_volume_open(&s->udf, blocks, d->way.memory, &why) == 0;
		if (!s->has_udf)
			set_damage(
				d, "only its ISO 9660 side is shown, and may be cut: %s", why.what);
	}
	if (s->has_udf && s->udf.n_blocks > d->n_blocks)
		d->n_blocks = s->udf.n_blocks;
	d->sides = (struct disc_sides){ .has_iso9660 = s->has_iso9660,
		.has_udf = s->has_udf,
		.udf_revision = s->udf.revision };
	for (unsigned i = 0; i < s->iso9660.n_trees; i++)
		if (s->iso9660.trees[i].kind == DISC_TREE_JOLIET)
			d->sides.has_joliet = true;
	if (s->has_iso9660)
		d->sides.n_descriptors =
			s->iso9660.extents[0].n_bytes / BLOCK_BYTES - DESCRIPTORS_FIRST;
	if (s->has_iso9660 || s->has_udf)
		return 0;
	if (f)
		*f = why;
	return -1;
}

/* Opens the tree of that number. */
static int open_tree(struct disc_files *d, struct sides *s, unsigned number, struct fail *f)
{
	struct block_reader *blocks = d->way.blocks;

	arena_clear(&d->arena);
	if (number < s->iso9660.n_trees) {
		int result = iso9660_listing_find_way(
			&d->way, &s->iso9660.trees[number], &d->root, &d->arena, f);

		d->sides.is_rock_ridge = result == 0 && d->way.skip >= 0;
		return result;
	}
	d->sides.is_rock_ridge = false;
	d->is_udf = d->sides.is_udf_shown = true;
	d->udf = s->udf;
	s->udf = (struct udf_volume){ 0 };
	d->used_copy = d->udf.used_copy;
	return udf_listing_find_root(&d->udf, blocks, d->way.memory, &d->root, &d->arena, f);
}

/* Which tree is shown. Rock Ridge has all that a file has; UDF has more than Joliet. There are
 * discs that have an empty tree with Rock Ridge beside the others; where Joliet's is empty, too,
 * the disc is. Opens them to see. */
static int find_shown(struct disc_files *d, struct sides *s, unsigned *shown, struct fail *f)
{
	bool is_rock_ridge;

	*shown = 0;
	if (s->has_iso9660 && open_tree(d, s, 0, f))
		return -1;
	is_rock_ridge = s->has_iso9660 && d->way.skip >= 0;
	if (is_rock_ridge && iso9660_listing_has_any(&d->way, &d->root))
		return 0;
	if (s->has_udf)
		*shown = s->iso9660.n_trees;
	for (unsigned i = 1; i < s->iso9660.n_trees && *shown == 0; i++)
		if (s->iso9660.trees[i].kind == DISC_TREE_JOLIET)
			*shown = i;
	if (!is_rock_ridge || s->has_udf || *shown == 0)
		return 0;
	if (open_tree(d, s, *shown, f))
		return -1;
	if (!iso9660_listing_has_any(&d->way, &d->root))
		*shown = 0;
	return 0;
}

void disc_files_tell_truncated(struct disc_files *d)
{
	snprintf(d->damage, sizeof d->damage,
		"the file system is truncated: it records %llu blocks, but the medium "
		"has only %llu",
		(unsigned long long)d->n_blocks, (unsigned long long)d->way.blocks->n_blocks);
}

static void take_structures(struct disc_files *d, const struct sides *s)
{
	for (unsigned i = 0; !d->is_udf && i < s->iso9660.n_extents; i++)
		d->structures[d->n_structures++] =
			(struct disc_extent){ .lba = s->iso9660.extents[i].lba,
				.n_bytes = s->iso9660.extents[i].n_bytes };
	for (unsigned i = 0; d->is_udf && i < d->udf.structures.n; i++)
		d->structures[d->n_structures++] = d->udf.structures.at[i];
}

/* A record of ISO 9660 has no room for a size of 4 GiB; genisoimage -udf -allow-limited-size writes
 * what is left of it modulo 4 GiB. UDF has the whole size. */
static void find_large(struct disc_files *d, const struct sides *s)
{
	struct block_reader *blocks = d->way.blocks;
	struct fail why = { 0 };

	if (!s->has_udf || blocks->n_blocks <= UINT32_MAX / BLOCK_BYTES)
		return;
	if (udf_large_find(&d->large, &s->udf, blocks, d->way.memory, &why) == 0)
		d->way.large = &d->large;
	else
		set_damage(d, "files of 4 GiB and more are shown cut: %s", why.what);
}

/* Opens the tree that is shown, or a hidden one. 1: there is none of that index. */
static int open_chosen(
	struct disc_files *d, struct sides *s, bool is_hidden, unsigned index, struct fail *f)
{
	unsigned shown;

	if (open_sides(d, s, f) || find_shown(d, s, &shown, f))
		return -1;
	if (d->n_blocks > d->way.blocks->n_blocks + DESCRIPTORS_PADDING_BLOCKS)
		disc_files_tell_truncated(d);
	if (!is_hidden)
		index = shown;
	else if (index >= shown)
		index++;
	if (index >= s->iso9660.n_trees + s->has_udf)
		return 1;
	if (index == shown && index < s->iso9660.n_trees)
		find_large(d, s);
	if (open_tree(d, s, index, f))
		return -1;
	take_structures(d, s);
	return 0;
}

static int open_files(struct disc_files *d, bool is_hidden, unsigned index, struct fail *f)
{
	struct sides *s = calloc(1, sizeof *s);
	int result;

	if (!s)
		return fail_memory(f);
	result = open_chosen(d, s, is_hidden, index, f);
	udf_volume_close(&s->udf);
	free(s);
	return result;
}

static struct disc_files *open_new(
	struct block_reader *blocks, size_t memory, bool is_hidden, unsigned index, struct fail *f)
{
	struct disc_files *d = calloc(1, sizeof *d);

	if (!d) {
		fail_memory(f);
		return NULL;
	}
	d->tells_copy = &d->used_copy;
	d->way.blocks = blocks;
	d->way.memory = memory ? memory : DISC_MEMORY_DEFAULT;
	if (open_files(d, is_hidden, index, f) == 0)
		return d;
	disc_files_close(d);
	return NULL;
}

struct disc_files *disc_files_open(struct block_reader *blocks, size_t memory, struct fail *f)
{
	return open_new(blocks, memory, false, 0, f);
}

struct disc_files *disc_files_open_hidden(
	struct block_reader *blocks, size_t memory, unsigned index, struct fail *f)
{
	return open_new(blocks, memory, true, index, f);
}

const char *disc_files_damage(const struct disc_files *d)
{
	return d->damage[0] ? d->damage : NULL;
}

const char *disc_files_copied(const struct disc_files *d)
{
	return atomic_load(d->tells_copy) ? "parts of the UDF metadata are damaged or can't be "
					    "read, and were taken from its mirror"
					  : NULL;
}

uint64_t disc_files_start(const struct disc_files *d)
{
	return d->start;
}

uint64_t disc_files_n_blocks(const struct disc_files *d)
{
	return d->n_blocks;
}

uint64_t disc_files_n_blocks_there(const struct disc_files *d)
{
	return d->way.blocks->n_blocks;
}

struct disc_sides disc_files_sides(const struct disc_files *d)
{
	return d->sides;
}

const char *disc_files_describe(const struct disc_sides *s, char *out, size_t n)
{
	const char *shown = !s->has_iso9660 || !s->has_udf ? ""
			    : s->is_udf_shown              ? ", of which UDF is read"
							   : ", of which ISO 9660 is read";
	int used = snprintf(out, n, "%s%s", s->has_iso9660 ? "ISO 9660" : "",
		s->has_iso9660 && s->has_udf ? " and " : "");

	/* decimal digits, four bits each (UDF 2.60, 2.1.5.3) */
	if (s->has_udf && used >= 0 && (size_t)used < n)
		snprintf(out + used, n - (size_t)used, "UDF %x.%02x%s",
			(unsigned)s->udf_revision >> 8, (unsigned)s->udf_revision & 0xff, shown);
	return out;
}

const struct disc_extent *disc_files_structures(const struct disc_files *d, size_t *n)
{
	*n = d->n_structures;
	return d->structures;
}

size_t disc_files_memory(const struct disc_files *d)
{
	return d->way.memory;
}

const struct disc_node *disc_files_root(const struct disc_files *d)
{
	return &d->root;
}

struct disc_listing *disc_files_list(
	const struct disc_files *d, const struct disc_node *dir, struct fail *f)
{
	struct disc_listing *l;

	if (d->is_udf) {
		l = udf_listing_read(&d->udf, d->way.blocks, d->way.memory, dir, f);
		if (l && l->used_copy)
			atomic_store(d->tells_copy, true);
		return l;
	}
	return iso9660_listing_read(&d->way, dir, f);
}

static const struct disc_node *not_found(const char *path, int why, struct fail *f)
{
	errno = why;
	fail_errno(f, FAIL_FAILED, path, "can't be found on the disc");
	return NULL;
}

const struct disc_node *disc_files_find(
	const struct disc_files *d, const char *path, struct disc_listing **holder, struct fail *f)
{
	const struct disc_node *node = &d->root;
	struct disc_listing *l = NULL, *next;
	char name[256];

	*holder = NULL;
	for (const char *at = path; *at && node;) {
		size_t n = strcspn(at, "/");

		snprintf(name, sizeof name, "%.*s", n < sizeof name ? (int)n : 0, at);
		at += n;
		at += strspn(at, "/");
		if (n == 0 || !strcmp(name, "."))
			continue;
		if (!S_ISDIR(node->mode)) {
			node = not_found(path, ENOTDIR, f);
			break;
		}
		next = disc_files_list(d, node, f);
		disc_listing_free(l);
		l = next;
		node = l ? disc_listing_find(l, name) : NULL;
		if (l && !node)
			not_found(path, ENOENT, f);
	}
	if (!node) {
		disc_listing_free(l);
		l = NULL;
	}
	*holder = l;
	return node;
}

/* Bytes of one block. */
static int read_part(const struct disc_files *d, uint64_t lba, size_t from, size_t n, uint8_t *buf,
	struct fail *f)
{
	uint8_t block[BLOCK_BYTES];

	if (block_reader_read(d->way.blocks, lba, 1, block, f))
		return -1;
	memcpy(buf, block + from, n);
	return 0;
}

/* n bytes from offset on, all of which are in the extent, which is no hole. */
static int read_extent(const struct disc_files *d, const struct disc_extent *extent,
	uint64_t offset, size_t n, uint8_t *buf, struct fail *f)
{
	offset += extent->skip;
	while (n) {
		uint64_t lba = extent->lba + offset / BLOCK_BYTES;
		size_t from = offset % BLOCK_BYTES, take;
		int ret;

		if (from || n < BLOCK_BYTES) {
			take = n < BLOCK_BYTES - from ? n : BLOCK_BYTES - from;
			ret = read_part(d, lba, from, take, buf, f);
		} else {
			size_t n_blocks = n / BLOCK_BYTES;

			n_blocks = n_blocks < READ_BLOCKS_MAX ? n_blocks : READ_BLOCKS_MAX;
			take = n_blocks * BLOCK_BYTES;
			ret = block_reader_read(d->way.blocks, lba, (uint32_t)n_blocks, buf, f);
		}
		if (ret)
			return -1;
		buf += take;
		offset += take;
		n -= take;
	}
	return 0;
}

/* n bytes from offset on as they are stored, fewer at the end. */
static int read_stored(const struct disc_files *d, const struct disc_node *file, uint64_t offset,
	size_t n, uint8_t *buf, size_t *n_read, struct fail *f)
{
	uint64_t start = 0;

	*n_read = 0;
	for (uint32_t i = 0; i < file->n_extents && n; start += file->extents[i++].n_bytes) {
		const struct disc_extent *extent = &file->extents[i];
		uint64_t in = offset - start;
		size_t take;

		if (offset < start || in >= extent->n_bytes)
			continue;
		take = n < extent->n_bytes - in ? n : (size_t)(extent->n_bytes - in);
		if (extent->lba == DISC_HOLE)
			memset(buf, 0, take);
		else if (read_extent(d, extent, in, take, buf, f))
			return -1;
		buf += take;
		n -= take;
		offset += take;
		*n_read += take;
	}
	return 0;
}

struct compressed {
	const struct disc_files *files;
	const struct disc_node *file;
};

static int read_compressed(void *ctx, uint64_t offset, size_t n, uint8_t *buf, struct fail *f)
{
	const struct compressed *c = ctx;
	size_t n_read;

	return read_stored(c->files, c->file, offset, n, buf, &n_read, f);
}

int disc_files_read(const struct disc_files *d, const struct disc_node *file, uint64_t offset,
	size_t n, uint8_t *buf, size_t *n_read, struct fail *f)
{
	struct compressed c = { d, file };
	struct zisofs_stored stored = { .read = read_compressed, .ctx = &c };

	if (!file->zisofs.block_log2)
		return read_stored(d, file, offset, n, buf, n_read, f);
	stored.n_bytes = disc_node_stored_bytes(file);
	return zisofs_read(&file->zisofs, &stored, offset, n, buf, n_read, f);
}

void disc_files_close(struct disc_files *d)
{
	if (!d)
		return;
	udf_volume_close(&d->udf);
	large_files_clear(&d->large);
	arena_clear(&d->arena);
	free(d);
}
