/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/disc_walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "iso/disc_name.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

enum {
	/* what one directory shares with no other: no logical block of UDF is smaller */
	UNIT_BYTES = 512,
	UNITS_PER_BLOCK = BLOCK_BYTES / UNIT_BYTES,
	/* of the memory that is granted, in eighths: for all listings that are kept */
	KEPT_SHARE = 2,
};

/* Makes room for n_more items behind n in *items. */
static int grow(const struct disc_walk *w, void **items, size_t n, size_t *max, size_t n_more,
	size_t item, struct fail *f)
{
	size_t more = *max ? 2 * *max : 256, memory = disc_files_memory(w->files);
	void *grown;

	if (n + n_more <= *max)
		return 0;
	if (more < n + n_more)
		more = n + n_more;
	if (more > disc_memory_share(memory, DISC_MEMORY_TABLE) / item)
		return disc_memory_refuse(
			f, memory, DISC_MEMORY_TABLE, "the directories on the disc need");
	grown = realloc(*items, more * item);
	if (!grown)
		return fail_memory(f);
	*items = grown;
	*max = more;
	return 0;
}

/* Makes room for the path of a directory, and of any node in it. */
static int make_room_for_path(struct disc_walk *w, size_t n_path, struct fail *f)
{
	size_t max = n_path + 1 + DISC_NAME_MAX;
	char *path;

	if (max <= w->max_path)
		return 0;
	path = realloc(w->path, 2 * max);
	if (!path)
		return fail_memory(f);
	w->path = path;
	w->max_path = 2 * max;
	return 0;
}

static int add_name(struct disc_walk *w, const char *name, uint32_t *where, struct fail *f)
{
	size_t n = strlen(name) + 1;
	void *names = w->names;

	if (grow(w, &names, w->n_names, &w->max_names, n, 1, f))
		return -1;
	w->names = names;
	*where = (uint32_t)w->n_names;
	memcpy(w->names + w->n_names, name, n);
	w->n_names += n;
	return 0;
}

/* A new directory below parent. 0, or -1 with f filled. */
static int add_directory(
	struct disc_walk *w, uint32_t parent, const struct disc_node *node, struct fail *f)
{
	struct disc_walk_directory d = { .parent = parent };
	void *directories = w->directories;

	if (add_name(w, node->name, &d.name, f))
		return -1;
	if (node->n_extents)
		d.extent = *node->extents;
	if (w->n_directories) {
		d.depth = (uint16_t)(w->directories[parent].depth + 1);
		d.n_path = (uint32_t)(w->directories[parent].n_path + 1 + strlen(node->name));
	}
	if (make_room_for_path(w, d.n_path, f))
		return -1;
	if (grow(w, &directories, w->n_directories, &w->max_directories, 1, sizeof d, f))
		return -1;
	w->directories = directories;
	w->directories[w->n_directories++] = d;
	return 0;
}

static int push(struct disc_walk *w, uint32_t directory, uint32_t only, struct fail *f)
{
	void *waiting = w->waiting;

	if (grow(w, &waiting, w->n_waiting, &w->max_waiting, 1, sizeof *w->waiting, f))
		return -1;
	w->waiting = waiting;
	w->waiting[w->n_waiting].directory = directory;
	w->waiting[w->n_waiting++].only = only;
	return 0;
}

int disc_walk_open(struct disc_walk *w, const struct disc_files *files,
	void (*damaged)(void *ctx, const char *path, const char *what), void *ctx, struct fail *f)
{
	uint32_t empty;

	*w = (struct disc_walk){ .files = files,
		.damaged = damaged,
		.ctx = ctx,
		.n_blocks = disc_files_n_blocks_there(files),
		.n_bytes_left = DISC_WALK_BYTES_MAX };
	w->is_read = calloc(w->n_blocks * UNITS_PER_BLOCK / 8 + 1, 1);
	if (w->is_read && add_name(w, "", &empty, f) == 0 &&
		add_directory(w, 0, disc_files_root(files), f) == 0)
		return 0;
	fail_memory(f);
	disc_walk_close(w);
	return -1;
}

static void tell(struct disc_walk *w, uint32_t directory, const char *name, const char *what)
{
	if (w->damaged)
		w->damaged(w->ctx, disc_walk_path(w, directory, name), what);
}

/* Marks what is read of a directory; false where some of it is marked already. */
static bool mark(struct disc_walk *w, const struct disc_extent *e)
{
	uint64_t from = (uint64_t)e->lba * UNITS_PER_BLOCK + e->skip / UNIT_BYTES;
	uint64_t end = from + size_round_up(e->n_bytes, UNIT_BYTES) / UNIT_BYTES;
	uint64_t n = w->n_blocks * UNITS_PER_BLOCK;

	if (end > n)
		end = n;
	for (uint64_t b = from; b < end; b++)
		if (w->is_read[b / 8] & 1u << b % 8)
			return false;
	for (uint64_t b = from; b < end; b++)
		w->is_read[b / 8] = (uint8_t)(w->is_read[b / 8] | 1u << b % 8);
	return true;
}

static const struct disc_walk_directory *at(const struct disc_walk *w, uint32_t directory)
{
	return &w->directories[directory];
}

/* Where the directory called name below parent stands among those that are known, or the free place
 * for it. */
static uint32_t *find_known(const struct disc_walk *w, uint32_t parent, const char *name)
{
	uint64_t hash = parent ^ 0xcbf29ce484222325; /* FNV-1a */
	size_t i;

	for (const char *c = name; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 0x100000001b3;
	for (i = hash ^ hash >> 32;; i++) {
		uint32_t *place = &w->known[i & (w->n_known - 1)];

		if (*place == 0 || (at(w, *place)->parent == parent &&
					   !strcmp(disc_walk_name(w, *place), name)))
			return place;
	}
}

/* Makes room for one more among the known, of which half are free at least. */
static int make_known(struct disc_walk *w, struct fail *f)
{
	size_t n = w->n_known ? 2 * w->n_known : 256;
	uint32_t *known;

	if (2 * w->n_directories < w->n_known)
		return 0;
	known = calloc(n, sizeof *known);
	if (!known)
		return fail_memory(f);
	free(w->known);
	w->known = known;
	w->n_known = n;
	for (uint32_t i = 1; i < w->n_directories; i++)
		*find_known(w, at(w, i)->parent, disc_walk_name(w, i)) = i;
	return 0;
}

/* Goes down one name. 0, or -1 with f filled. */
static int go_down(
	struct disc_walk *w, uint32_t *directory, const struct disc_node *node, struct fail *f)
{
	uint32_t *known;

	if (make_known(w, f))
		return -1;
	known = find_known(w, *directory, node->name);
	if (*known == 0) {
		if (add_directory(w, *directory, node, f))
			return -1;
		*known = (uint32_t)(w->n_directories - 1);
		w->directories[*known].is_passed = true;
	}
	*directory = *known;
	return 0;
}

static int not_found(const char *path, int why, struct fail *f)
{
	errno = why;
	return fail_errno(f, FAIL_FAILED, path, "can't be found on the disc");
}

int disc_walk_add(struct disc_walk *w, const char *path, struct fail *f)
{
	uint32_t directory = 0;

	for (const char *rest = path; *rest;) {
		size_t n = strcspn(rest, "/");
		char name[256];
		const struct disc_listing *l;
		const struct disc_node *node;
		uint32_t known;

		if (n >= sizeof name)
			return not_found(path, ENOENT, f);
		memcpy(name, rest, n);
		name[n] = '\0';
		rest += n;
		rest += strspn(rest, "/");
		if (n == 0 || !strcmp(name, "."))
			continue;
		/* a pattern adds many that lie deep in the same directories */
		known = w->n_known ? *find_known(w, directory, name) : 0;
		if (known) {
			directory = known;
			continue;
		}
		l = disc_walk_listing(w, directory, f);
		if (!l)
			return -1;
		node = disc_listing_find(l, name);
		if (!node)
			return not_found(path, ENOENT, f);
		if (!S_ISDIR(node->mode)) {
			uint32_t only;

			if (*rest)
				return not_found(path, ENOTDIR, f);
			return add_name(w, name, &only, f) ? -1 : push(w, directory, only, f);
		}
		if (go_down(w, &directory, node, f))
			return -1;
	}
	w->directories[directory].is_wanted = true;
	return push(w, directory, 0, f);
}

/* Directories in the order of their numbers, names in one by name; the first one last, as it is
 * taken from the end. */
static int compare_waiting(const void *a, const void *b, void *names)
{
	const struct disc_walk_start *x = a, *y = b;
	const char *text = names;

	if (x->directory != y->directory)
		return x->directory < y->directory ? 1 : -1;
	return strcmp(text + y->only, text + x->only);
}

/* True where it is part of something else that was added. */
static bool is_covered(const struct disc_walk *w, const struct disc_walk_start *start)
{
	uint32_t directory = start->directory;

	if (start->only && at(w, directory)->is_wanted)
		return true;
	while (directory) {
		directory = at(w, directory)->parent;
		if (at(w, directory)->is_wanted)
			return true;
	}
	return false;
}

/* Drops from what was added all that is there twice. */
static void drop_doubles(struct disc_walk *w)
{
	size_t n = 0;

	qsort_r(w->waiting, w->n_waiting, sizeof *w->waiting, compare_waiting, w->names);
	for (size_t i = 0; i < w->n_waiting; i++) {
		const struct disc_walk_start *start = &w->waiting[i];

		if (n && compare_waiting(start, &w->waiting[n - 1], w->names) == 0)
			continue;
		if (!is_covered(w, start))
			w->waiting[n++] = *start;
	}
	w->n_waiting = n;
	for (size_t i = 0; i < n; i++) {
		struct disc_walk_directory *d = &w->directories[w->waiting[i].directory];

		if (w->waiting[i].only)
			continue;
		d->is_passed = false;
		mark(w, &d->extent);
	}
}

/* Adds the subdirectories; the last one first, so that the first is the next. */
static int add_below(
	struct disc_walk *w, uint32_t directory, const struct disc_listing *l, struct fail *f)
{
	for (size_t i = l->n_nodes; i-- > 0;) {
		const struct disc_node *node = l->nodes[i];

		if (!S_ISDIR(node->mode))
			continue;
		if (at(w, directory)->depth >= DISC_WALK_DEPTH_MAX) {
			tell(w, directory, node->name, "is nested more than 4096 directories deep");
			continue;
		}
		if (node->n_extents == 0) {
			tell(w, directory, node->name, "directory has no blocks");
			continue;
		}
		if (!mark(w, node->extents)) {
			tell(w, directory, node->name, "directory loop, or listed twice");
			continue;
		}
		if (add_directory(w, directory, node, f) ||
			push(w, (uint32_t)(w->n_directories - 1), 0, f))
			return -1;
	}
	return 0;
}

static void tell_damage(struct disc_walk *w, uint32_t directory, const struct disc_listing *l)
{
	if (l->damage)
		tell(w, directory, NULL, l->damage);
	for (size_t i = 0; i < l->n_aside; i++)
		if (!l->aside[i]->is_associated)
			tell(w, directory, l->aside[i]->name, "name is listed twice");
	for (size_t i = 0; i < l->n_nodes; i++)
		if (l->nodes[i]->damage)
			tell(w, directory, l->nodes[i]->name, l->nodes[i]->damage);
}

int disc_walk_next(struct disc_walk *w, struct disc_walk_step *step, struct fail *f)
{
	const struct disc_listing *l;
	uint32_t only;

	*step = (struct disc_walk_step){ 0 };
	if (!w->is_started && w->n_waiting)
		drop_doubles(w);
	w->is_started = true;
	if (w->n_waiting == 0)
		return 0;
	if (signals_caught())
		return fail_set(f, FAIL_FAILED, "", "interrupted");
	step->directory = w->waiting[--w->n_waiting].directory;
	only = w->waiting[w->n_waiting].only;
	l = disc_walk_listing(w, step->directory, f);
	if (!l)
		return -1;
	step->listing = l;
	if (only) {
		step->only = disc_listing_find(l, w->names + only);
		if (step->only && step->only->damage)
			tell(w, step->directory, step->only->name, step->only->damage);
		return step->only ? 1 : disc_walk_next(w, step, f);
	}
	if (l->n_bytes_read > w->n_bytes_left)
		return fail_set(f, FAIL_FAILED, "",
			"the directories are damaged: they would need more than %llu MiB",
			(unsigned long long)DISC_WALK_BYTES_MAX >> 20);
	w->n_bytes_left -= l->n_bytes_read;
	tell_damage(w, step->directory, l);
	return add_below(w, step->directory, l, f) ? -1 : 1;
}

/* Drops the oldest listings, so that another one fits. Returns a free place. */
static unsigned make_place(struct disc_walk *w, size_t n_more)
{
	size_t share = disc_memory_share(disc_files_memory(w->files), KEPT_SHARE);

	for (;;) {
		unsigned oldest = DISC_WALK_KEPT, free_one = DISC_WALK_KEPT;
		size_t n_bytes = n_more;

		for (unsigned i = 0; i < DISC_WALK_KEPT; i++) {
			if (!w->kept[i].listing) {
				free_one = i;
				continue;
			}
			n_bytes += w->kept[i].listing->memory.n_bytes;
			if (oldest == DISC_WALK_KEPT || w->kept[i].used < w->kept[oldest].used)
				oldest = i;
		}
		if (free_one < DISC_WALK_KEPT && (n_bytes <= share || oldest == DISC_WALK_KEPT))
			return free_one;
		disc_listing_free(w->kept[oldest].listing);
		w->kept[oldest].listing = NULL;
	}
}

const struct disc_listing *disc_walk_listing(
	struct disc_walk *w, uint32_t directory, struct fail *f)
{
	const struct disc_walk_directory *d = at(w, directory);
	struct disc_extent extent = d->extent;
	struct disc_node node = { .name = "", .extents = &extent, .n_extents = extent.n_bytes > 0 };
	struct disc_listing *l;
	unsigned place;

	for (unsigned i = 0; i < DISC_WALK_KEPT; i++)
		if (w->kept[i].listing && w->kept[i].directory == directory) {
			w->kept[i].used = ++w->clock;
			return w->kept[i].listing;
		}
	/* the oldest goes before the new one comes */
	make_place(w, disc_memory_share(disc_files_memory(w->files), DISC_MEMORY_LISTING) / 4);
	l = disc_files_list(w->files, &node, f);
	if (!l)
		return NULL;
	place = make_place(w, l->memory.n_bytes);
	w->kept[place].listing = l;
	w->kept[place].directory = directory;
	w->kept[place].used = ++w->clock;
	return l;
}

const struct disc_node *disc_walk_node(struct disc_walk *w, uint32_t directory, struct fail *f)
{
	const struct disc_listing *l;
	const struct disc_node *node;

	if (directory == 0)
		return disc_files_root(w->files);
	l = disc_walk_listing(w, at(w, directory)->parent, f);
	node = l ? disc_listing_find(l, disc_walk_name(w, directory)) : NULL;
	if (l && !node)
		fail_set(f, FAIL_FAILED, disc_walk_name(w, directory),
			"is missing: the disc now reads differently than before");
	return node;
}

const char *disc_walk_name(const struct disc_walk *w, uint32_t directory)
{
	return w->names + at(w, directory)->name;
}

const char *disc_walk_path(const struct disc_walk *w, uint32_t directory, const char *name)
{
	size_t start = w->max_path - 1;

	w->path[start] = '\0';
	if (name) {
		start -= strlen(name);
		memcpy(w->path + start, name, strlen(name));
	}
	for (; directory; directory = at(w, directory)->parent) {
		const char *above = disc_walk_name(w, directory);

		if (w->path[start])
			w->path[--start] = '/';
		start -= strlen(above);
		memcpy(w->path + start, above, strlen(above));
	}
	return w->path + start;
}

void disc_walk_close(struct disc_walk *w)
{
	for (unsigned i = 0; i < DISC_WALK_KEPT; i++)
		disc_listing_free(w->kept[i].listing);
	free(w->directories);
	free(w->known);
	free(w->waiting);
	free(w->names);
	free(w->path);
	free(w->is_read);
	memset(w, 0, sizeof *w);
}
