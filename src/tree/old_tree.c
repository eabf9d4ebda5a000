/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/old_tree.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "iso/disc_time.h"
#include "iso/session_record.h"
#include "util/io.h"
#include "util/request_field.h"
#include "util/sector.h"
#include "util/progress.h"
#include "util/signals.h"

enum {
	N_BUCKETS_FIRST = 1024,
	READ_BYTES = 512 * 1024,
	/* written to since, perhaps, in the second that its time says */
	UNSETTLED_SECONDS = 2,
	/* the primary one, Joliet's, and the one that ends them: as many as the session has */
	N_DESCRIPTORS = 3,
};

static int check_kind(const struct disc_files *files, struct fail *f)
{
	struct disc_sides sides = disc_files_sides(files);
	const char *what = NULL;

	if (sides.has_udf)
		what = "has a UDF side, which would stay as it is";
	else if (!sides.is_rock_ridge)
		what = "has no Rock Ridge";
	else if (!sides.has_joliet)
		what = "has no Joliet tree";
	else if (sides.n_descriptors != N_DESCRIPTORS)
		what = "has other volume descriptors, such as those of El Torito";
	if (!what)
		return 0;
	fail_set(f, FAIL_MISMATCH, "", "its file system %s: no session can be appended", what);
	fail_hint(f, "extract what there is, and burn another disc");
	return -1;
}

static int read_sums(struct old_tree *o, bool needs_sums, struct fail *f)
{
	if ((needs_sums || o->how->by_digest) && old_sums_read(&o->sums, o->how->files, f))
		return -1;
	if (!o->how->by_digest)
		return 0;
	if (!o->sums.is_made) {
		fail_set(f, FAIL_USAGE, OLD_SUMS_NAME, "%s: there are no digests to compare with",
			o->sums.is_there ? "was not made by the burn, and may tell of other bytes "
					   "than the disc's"
					 : "is not on the disc");
		return fail_field(f, REQUEST_DIGESTS);
	}
	o->digest = file_digest_new(FILE_DIGEST_SHA256, f);
	o->buf = malloc(READ_BYTES);
	return o->digest && o->buf ? 0 : fail_memory(f);
}

int old_tree_open(struct old_tree *o, const struct tree_old *how, bool needs_sums,
	struct arena *keep, struct fail *f)
{
	*o = (struct old_tree){ .how = how, .keep = keep, .n_buckets = N_BUCKETS_FIRST };
	if (check_kind(how->files, f))
		return -1;
	/* messages about what is kept name it when o is closed */
	o->root = arena_alloc(keep, sizeof *o->root);
	o->buckets = calloc(o->n_buckets, sizeof *o->buckets);
	if (!o->root || !o->buckets)
		return fail_memory(f);
	o->root->at = (struct folder){ .name = "/" };
	o->root->node = *disc_files_root(how->files);
	return read_sums(o, needs_sums, f);
}

/* The listing of a directory, which lives until some others were asked for. */
static const struct disc_listing *list(
	struct old_tree *o, const struct old_folder *folder, struct fail *f)
{
	unsigned oldest = 0;

	for (unsigned i = 0; i < OLD_TREE_LISTS; i++) {
		if (o->lists[i].folder == folder) {
			o->lists[i].used = ++o->clock;
			return o->lists[i].listing;
		}
		if (o->lists[i].used < o->lists[oldest].used)
			oldest = i;
	}
	disc_listing_free(o->lists[oldest].listing);
	o->lists[oldest].folder = NULL;
	o->lists[oldest].listing = disc_files_list(o->how->files, &folder->node, f);
	if (!o->lists[oldest].listing)
		return NULL;
	o->lists[oldest].folder = folder;
	o->lists[oldest].used = ++o->clock;
	return o->lists[oldest].listing;
}

/* What is at name in dir; NULL: nothing, or f is filled. */
static const struct disc_node *find(struct old_tree *o, struct entry *dir, const char *name,
	const struct old_folder **folder, struct fail *f)
{
	const struct disc_listing *l;

	*folder = old_tree_folder(o, dir, f);
	l = *folder ? list(o, *folder, f) : NULL;
	return l ? disc_listing_find(l, name) : NULL;
}

struct old_folder *old_tree_enter(
	struct old_tree *o, const struct old_folder *up, const struct disc_node *node)
{
	struct old_folder *folder = arena_alloc(o->keep, sizeof *folder);
	char *name = arena_copy(o->keep, node->name);

	if (!folder || !name)
		return NULL;
	folder->at = (struct folder){ .up = &up->at, .name = name };
	folder->node = *node;
	if (node->n_extents)
		folder->extent = node->extents[0];
	folder->node.extents = &folder->extent;
	folder->node.name = name;
	folder->node.target = NULL;
	folder->node.attributes = NULL;
	folder->node.n_attributes = 0;
	return folder;
}

const struct old_folder *old_tree_folder(struct old_tree *o, struct entry *dir, struct fail *f)
{
	const struct old_folder *up;
	const struct disc_node *node;

	if (dir->dir.is_looked_up)
		return dir->dir.old;
	if (!dir->up) {
		dir->dir.old = o->root;
	} else {
		node = find(o, dir->up, dir->name, &up, f);
		if (fail_is_set(f))
			return NULL;
		if (node && S_ISDIR(node->mode)) {
			dir->dir.old = old_tree_enter(o, up, node);
			if (!dir->dir.old) {
				fail_memory(f);
				return NULL;
			}
		}
	}
	dir->dir.is_looked_up = true;
	return dir->dir.old;
}

/* The path of name in folder, from the root and without a slash at its start. NULL without memory.
 */
static const char *path_of(struct old_tree *o, const struct old_folder *folder, const char *name)
{
	size_t n = strlen(name) + 1, n_name;

	for (const struct folder *at = &folder->at; at->up; at = at->up)
		n += strlen(at->name) + 1;
	if (n > o->max_path) {
		char *path = realloc(o->path, 2 * n);

		if (!path)
			return NULL;
		o->path = path;
		o->max_path = 2 * n;
	}
	n -= strlen(name) + 1;
	memcpy(o->path + n, name, strlen(name) + 1);
	for (const struct folder *at = &folder->at; at->up; at = at->up) {
		n_name = strlen(at->name);
		o->path[--n] = '/';
		n -= n_name;
		memcpy(o->path + n, at->name, n_name);
	}
	return o->path;
}

static uint32_t place_of(const struct disc_node *node)
{
	return node->n_extents ? node->extents[0].lba : 0;
}

/* Behind its last block, where it lies in one piece. */
static uint64_t end_of(const struct disc_node *node)
{
	return place_of(node) + (node->n_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
}

static struct old_file **bucket_of(const struct old_tree *o, uint64_t inode)
{
	return &o->buckets[inode * 0x9e3779b97f4a7c15u >> 20 & (o->n_buckets - 1)];
}

/* Doubles the table once it is full; without memory it only gets slower. */
static void grow(struct old_tree *o)
{
	struct old_tree more = { .n_buckets = 2 * o->n_buckets };

	if (o->n_files < o->n_buckets || !(more.buckets = calloc(more.n_buckets, sizeof(void *))))
		return;
	for (size_t i = 0; i < o->n_buckets; i++)
		while (o->buckets[i]) {
			struct old_file *file = o->buckets[i], **to = bucket_of(&more, file->inode);

			o->buckets[i] = file->next_same_hash;
			file->next_same_hash = *to;
			*to = file;
		}
	free(o->buckets);
	o->buckets = more.buckets;
	o->n_buckets = more.n_buckets;
}

/* The file of the node's inode; NULL: it was not met yet. */
static struct old_file *find_inode(const struct old_tree *o, const struct disc_node *node)
{
	struct old_file *file = *bucket_of(o, node->inode);

	while (file && (file->inode != node->inode || file->lba != place_of(node) ||
			       file->n_bytes != node->n_bytes))
		file = file->next_same_hash;
	return file;
}

static struct old_file *add_file(struct old_tree *o, const struct disc_node *node)
{
	struct old_file *file = arena_alloc(o->keep, sizeof *file), **bucket;

	if (!file)
		return NULL;
	*file = (struct old_file){
		.inode = node->inode, .n_bytes = node->n_bytes, .lba = place_of(node)
	};
	if (node->n_links == 1)
		return file;
	grow(o);
	bucket = bucket_of(o, node->inode);
	file->next_same_hash = *bucket;
	*bucket = file;
	o->n_files++;
	return file;
}

struct old_file *old_tree_take(struct old_tree *o, const struct old_folder *folder,
	const struct disc_node *node, struct fail *f)
{
	struct old_file *file = node->n_links > 1 ? find_inode(o, node) : NULL;
	const char *path;

	if (!file)
		file = add_file(o, node);
	path = file ? path_of(o, folder, node->name) : NULL;
	if (!path) {
		fail_memory(f);
		return NULL;
	}
	if (!file->digest)
		file->digest = old_sums_find(&o->sums, path, end_of(node));
	return file;
}

bool old_tree_can_keep(const struct old_tree *o, const struct disc_node *node)
{
	return disc_node_is_in_one_piece(node) && !node->is_hurt &&
	       disc_node_stored_bytes(node) == node->n_bytes && end_of(node) <= o->how->start;
}

bool old_tree_is_time(int64_t seconds, int64_t stored)
{
	return disc_time_nearest_short(seconds) == stored ||
	       disc_time_nearest_long(seconds) == stored;
}

/* When the session was made that has the first byte of node; 0: unknown. */
static int64_t made_of(const struct old_tree *o, const struct disc_node *node)
{
	const struct session_place *sessions = o->how->sessions;
	size_t n = o->how->n_sessions;

	while (n > 0 && sessions[n - 1].start > place_of(node))
		n--;
	return n > 0 ? sessions[n - 1].made : 0;
}

/* When a file was written to, at the latest. Whoever sets the time of writing changes the other
 * one; a time of writing that is still to come was set. */
static int64_t written(const struct stat *st)
{
	bool is_later = st->st_mtime > st->st_ctime && st->st_mtime <= time(NULL);

	return is_later ? st->st_mtime : st->st_ctime;
}

/* False where the disc may have what the file was before it was written to in the second that its
 * times tell. */
static bool is_settled(
	const struct old_tree *o, const struct disc_node *node, const struct stat *st)
{
	return node->n_bytes == 0 || written(st) < made_of(o, node) - UNSETTLED_SECONDS;
}

/* True where both times are those of the disc, and nothing was written at that time that it may
 * lack. */
static bool has_same_times(
	const struct old_tree *o, const struct disc_node *node, const struct stat *st)
{
	time_t ctime = old_sums_plain_ctime(st->st_ctime, st->st_mtime);

	return old_tree_is_time(st->st_mtime, node->mtime) &&
	       old_tree_is_time(ctime, node->ctime) && is_settled(o, node, st);
}

int old_tree_match(struct old_tree *o, struct entry *dir, const char *name, const struct stat *st,
	struct old_match *match, struct fail *f)
{
	const struct old_folder *folder;
	const struct disc_node *node = find(o, dir, name, &folder, f);
	bool by_digest = o->how->by_digest;
	struct old_file *file;

	*match = (struct old_match){ 0 };
	if (fail_is_set(f))
		return -1;
	if (!node || !S_ISREG(node->mode) || node->n_bytes != (uint64_t)st->st_size ||
		!old_tree_can_keep(o, node))
		return 0;
	match->has_same_times = has_same_times(o, node, st);
	if (!by_digest && !match->has_same_times)
		return 0;
	file = old_tree_take(o, folder, node, f);
	if (!file)
		return -1;
	match->file = by_digest && !file->digest ? NULL : file;
	return 0;
}

int old_tree_is_equal(
	struct old_tree *o, const struct old_file *file, int fd, const char *path, struct fail *f)
{
	char digits[FILE_DIGEST_TEXT + 1];
	ssize_t n = 1;

	for (uint64_t at = 0; n > 0; at += (uint64_t)n) {
		if (signals_caught())
			return fail_set(f, FAIL_FAILED, "", "interrupted while reading the tree");
		n = io_pread_full(fd, o->buf, READ_BYTES, at);
		if (n <= 0)
			break;
		file_digest_update(o->digest, o->buf, (size_t)n);
		o->n_bytes += (uint64_t)n;
		progress_tick_file(o->how->watch, "comparing", o->n_bytes, 0, path);
	}
	if (file_digest_end(o->digest, digits, f) || n < 0)
		return -1;
	return strcmp(digits, file->digest) == 0;
}

void old_tree_close(struct old_tree *o)
{
	for (unsigned i = 0; i < OLD_TREE_LISTS; i++)
		disc_listing_free(o->lists[i].listing);
	old_sums_clear(&o->sums);
	file_digest_free(o->digest);
	free(o->buf);
	free(o->buckets);
	free(o->path);
	*o = (struct old_tree){ 0 };
}
