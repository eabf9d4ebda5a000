/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mount/mount_items.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* N_LISTINGS: directories that are kept. Of a hostile disc each may be large, so that all beyond
 * one listing's share of the memory go as soon as nobody uses them. */
enum { N_BUCKETS = 16384, N_LISTINGS = 32 };
/* No path is longer; what goes deeper is a trap. */
enum { DEPTH_MAX = 2048 };
/* How long a damaged directory is kept. It may be better the next time; but a drive takes long over
 * each block that it can't read, and not every file of such a directory can wait for that. */
enum { DAMAGED_SECONDS = 30 };

/* A name is known by its directory and fingerprint, a hard link by the numbers of its file. */
struct key {
	uint64_t a, b, c;
};

struct mount_item {
	struct key key;
	struct mount_item *next; /* of the bucket */
	struct mount_item *parent;
	size_t index; /* where it stood in the parent when it was met */
	uint64_t fingerprint;
	uint64_t n_lookups; /* that the kernel has to forget */
	uint64_t n_holders; /* children, listings */
	uint64_t place;     /* of a directory: finds those that stand in themselves */
	unsigned depth;
};

struct mount_listing {
	struct mount_item *dir;
	struct disc_listing *contents;
	unsigned n_users;
	bool is_kept;
	time_t read_at; /* in seconds, of a clock that nobody sets */
};

struct mount_items {
	const struct disc_files *files;
	pthread_mutex_t lock;
	struct mount_item root;
	struct mount_item *buckets[N_BUCKETS];
	struct mount_listing *kept[N_LISTINGS]; /* the one used last comes first */
	size_t n_kept_bytes;
};

/* Of a name and what it stands for (FNV-1a): an index is another name's as soon as a block of the
 * directory can't be read any more. */
static uint64_t fingerprint_of(const struct disc_node *node)
{
	const uint64_t prime = 0x100000001b3;
	uint64_t h = 0xcbf29ce484222325;

	for (const char *c = node->name; *c; c++)
		h = (h ^ (unsigned char)*c) * prime;
	h = (h ^ node->inode) * prime;
	return (h ^ disc_node_place(node)) * prime;
}

struct mount_items *mount_items_new(const struct disc_files *files)
{
	struct mount_items *items = calloc(1, sizeof *items);

	if (!items)
		return NULL;
	items->files = files;
	items->root.n_lookups = 1;
	items->root.place = disc_node_place(disc_files_root(files));
	pthread_mutex_init(&items->lock, NULL);
	return items;
}

struct mount_item *mount_items_root(struct mount_items *items)
{
	return &items->root;
}

static struct mount_item **bucket_of(struct mount_items *items, const struct key *k)
{
	uint64_t h = (k->a * 0x9e3779b97f4a7c15u) ^ (k->b * 0xc2b2ae3d27d4eb4fu) ^
		     (k->c * 0x165667b19e3779f9u);

	return &items->buckets[(h >> 40) % N_BUCKETS];
}

/* Takes out what nobody knows any more, and its parents with it. With the lock held. */
static void drop_unused(struct mount_items *items, struct mount_item *item)
{
	while (item != &items->root && item->n_lookups == 0 && item->n_holders == 0) {
		struct mount_item *parent = item->parent, **at = bucket_of(items, &item->key);

		while (*at != item)
			at = &(*at)->next;
		*at = item->next;
		free(item);
		parent->n_holders--;
		item = parent;
	}
}

/* With the lock held. */
static void free_listing(struct mount_items *items, struct mount_listing *l)
{
	l->dir->n_holders--;
	drop_unused(items, l->dir);
	disc_listing_free(l->contents);
	free(l);
}

/* Forgets the i-th kept listing. With the lock held. */
static void let_go(struct mount_items *items, size_t i)
{
	struct mount_listing *l = items->kept[i];

	items->kept[i] = NULL;
	items->n_kept_bytes -= l->contents->memory.n_bytes;
	l->is_kept = false;
	if (l->n_users == 0)
		free_listing(items, l);
}

/* Forgets kept listings from the end on until there is room. With the lock held. */
static void shrink(struct mount_items *items, size_t n_wanted)
{
	size_t share = disc_memory_share(disc_files_memory(items->files), DISC_MEMORY_LISTING);

	for (size_t i = N_LISTINGS; i-- > 0;) {
		if (!items->kept[i] ||
			(i < N_LISTINGS - 1 && items->n_kept_bytes + n_wanted <= share))
			continue;
		let_go(items, i);
	}
}

/* Puts a listing in front; from: where it stands now. */
static void move_to_front(struct mount_items *items, struct mount_listing *l, size_t from)
{
	memmove(&items->kept[1], &items->kept[0], from * sizeof *items->kept);
	items->kept[0] = l;
}

/* Keeps a new listing. With the lock held. */
static void keep(struct mount_items *items, struct mount_listing *l)
{
	size_t n = l->contents->memory.n_bytes;

	shrink(items, n);
	l->is_kept = true;
	items->n_kept_bytes += n;
	move_to_front(items, l, N_LISTINGS - 1);
}

static time_t seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static bool is_to_be_read_again(const struct mount_listing *l)
{
	return l->contents->damage && seconds_now() - l->read_at >= DAMAGED_SECONDS;
}

/* With the lock held. */
static struct mount_listing *find_kept(struct mount_items *items, const struct mount_item *dir)
{
	for (size_t i = 0; i < N_LISTINGS; i++) {
		struct mount_listing *l = items->kept[i];

		if (!l || l->dir != dir)
			continue;
		if (is_to_be_read_again(l)) {
			let_go(items, i);
			break;
		}
		move_to_front(items, l, i);
		l->n_users++;
		return l;
	}
	return NULL;
}

static bool stands_in_itself(const struct mount_item *dir)
{
	if (dir->depth > DEPTH_MAX)
		return true;
	for (const struct mount_item *up = dir->parent; up; up = up->parent)
		if (up->place == dir->place)
			return true;
	return false;
}

static void release(struct mount_items *items, struct mount_listing *l)
{
	if (!l)
		return;
	l->n_users--;
	if (l->n_users == 0 && !l->is_kept)
		free_listing(items, l);
}

static struct mount_listing *read_listing(
	struct mount_items *items, struct mount_item *dir, const struct disc_node *node)
{
	struct mount_listing *l = calloc(1, sizeof *l);

	if (!l)
		return NULL;
	l->dir = dir;
	dir->n_holders++;
	/* makes room before, as far as can be told: a record may become twice as large */
	shrink(items, 2 * (size_t)node->n_bytes);
	l->contents = disc_files_list(items->files, node, NULL);
	if (!l->contents) {
		dir->n_holders--;
		free(l);
		return NULL;
	}
	l->n_users = 1;
	l->read_at = seconds_now();
	keep(items, l);
	return l;
}

static int view(struct mount_items *items, struct mount_item *item, struct mount_view *view);

/* Reads a directory. With the lock held. */
static int list(struct mount_items *items, struct mount_item *dir, struct mount_listing **listing)
{
	struct mount_listing *l = find_kept(items, dir);
	struct mount_view at;
	int why;

	*listing = l;
	if (l)
		return 0;
	if (stands_in_itself(dir))
		return ELOOP;
	why = view(items, dir, &at);
	if (why)
		return why;
	if (S_ISDIR(at.node->mode))
		*listing = read_listing(items, dir, at.node);
	else
		why = ENOTDIR;
	release(items, at.listing);
	return why ? why : *listing ? 0 : EIO;
}

/* An item's node; NULL where a directory that was read a second time lacks it. */
static const struct disc_node *find_node(
	const struct disc_listing *l, const struct mount_item *item)
{
	if (item->index < l->n_nodes && fingerprint_of(l->nodes[item->index]) == item->fingerprint)
		return l->nodes[item->index];
	for (size_t i = 0; i < l->n_nodes; i++)
		if (fingerprint_of(l->nodes[i]) == item->fingerprint)
			return l->nodes[i];
	return NULL;
}

/* With the lock held; as deep as the item stands. */
static int view(struct mount_items *items, struct mount_item *item, struct mount_view *v)
{
	int why;

	*v = (struct mount_view){ .node = disc_files_root(items->files) };
	if (item == &items->root)
		return 0;
	why = list(items, item->parent, &v->listing);
	if (why)
		return why;
	v->node = find_node(v->listing->contents, item);
	if (v->node)
		return 0;
	release(items, v->listing);
	v->listing = NULL;
	return EIO;
}

int mount_items_list(
	struct mount_items *items, struct mount_item *dir, struct mount_listing **listing)
{
	int why;

	pthread_mutex_lock(&items->lock);
	why = list(items, dir, listing);
	pthread_mutex_unlock(&items->lock);
	return why;
}

const struct disc_listing *mount_items_contents(const struct mount_listing *listing)
{
	return listing->contents;
}

void mount_items_release_listing(struct mount_items *items, struct mount_listing *listing)
{
	pthread_mutex_lock(&items->lock);
	release(items, listing);
	pthread_mutex_unlock(&items->lock);
}

static struct key key_of(const struct mount_item *dir, const struct disc_node *node)
{
	if (!S_ISDIR(node->mode) && node->n_links > 1)
		return (struct key){ node->inode, disc_node_place(node), node->n_bytes };
	return (struct key){ (uintptr_t)dir, fingerprint_of(node), UINT64_MAX };
}

/* With the lock held. */
static struct mount_item *new_item(struct mount_items *items, struct mount_item *dir, size_t index,
	const struct disc_node *node, const struct key *key)
{
	struct mount_item *item = calloc(1, sizeof *item), **bucket = bucket_of(items, key);

	if (!item)
		return NULL;
	item->key = *key;
	item->parent = dir;
	item->depth = dir->depth + 1;
	item->index = index;
	item->fingerprint = fingerprint_of(node);
	item->place = disc_node_place(node);
	item->next = *bucket;
	*bucket = item;
	dir->n_holders++;
	return item;
}

struct mount_item *mount_items_get(struct mount_items *items, struct mount_item *dir,
	const struct mount_listing *listing, size_t index)
{
	const struct disc_node *node = listing->contents->nodes[index];
	struct key key = key_of(dir, node);
	struct mount_item *item;

	pthread_mutex_lock(&items->lock);
	for (item = *bucket_of(items, &key); item; item = item->next)
		if (memcmp(&item->key, &key, sizeof key) == 0)
			break;
	if (!item)
		item = new_item(items, dir, index, node, &key);
	if (item)
		item->n_lookups++;
	pthread_mutex_unlock(&items->lock);
	return item;
}

int mount_items_view(struct mount_items *items, struct mount_item *item, struct mount_view *v)
{
	int why;

	pthread_mutex_lock(&items->lock);
	why = view(items, item, v);
	pthread_mutex_unlock(&items->lock);
	return why;
}

void mount_items_release_view(struct mount_items *items, struct mount_view *v)
{
	mount_items_release_listing(items, v->listing);
}

void mount_items_forget(struct mount_items *items, struct mount_item *item, uint64_t n)
{
	pthread_mutex_lock(&items->lock);
	if (item != &items->root) {
		item->n_lookups -= n < item->n_lookups ? n : item->n_lookups;
		drop_unused(items, item);
	}
	pthread_mutex_unlock(&items->lock);
}

void mount_items_free(struct mount_items *items)
{
	if (!items)
		return;
	for (size_t i = 0; i < N_LISTINGS; i++) {
		if (!items->kept[i])
			continue;
		disc_listing_free(items->kept[i]->contents);
		free(items->kept[i]);
	}
	for (size_t i = 0; i < N_BUCKETS; i++) {
		while (items->buckets[i]) {
			struct mount_item *item = items->buckets[i];

			items->buckets[i] = item->next;
			free(item);
		}
	}
	pthread_mutex_destroy(&items->lock);
	free(items);
}
