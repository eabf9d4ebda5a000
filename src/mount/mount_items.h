/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kernel knows of a mounted disc: one item for each inode that it was told of, until it
 * forgets that one.
 *
 * An item is small: where in which directory it stands. Directories are read again when they are
 * needed and no longer kept, so that memory stays low however large the disc is; those that are
 * damaged also after a while. Hard links of one file share an item. Any number of threads.
 */
#ifndef MOUNT_MOUNT_ITEMS_H
#define MOUNT_MOUNT_ITEMS_H

#include <stdint.h>

#include "iso/disc_files.h"

struct mount_items;
struct mount_item;

/* A directory in memory, and one of its nodes or the directory itself. */
struct mount_view {
	struct mount_listing *listing; /* NULL: the root's own node */
	const struct disc_node *node;
};

/* files is borrowed. NULL without memory. */
struct mount_items *mount_items_new(const struct disc_files *files);

/* The root directory, which is never forgotten. */
struct mount_item *mount_items_root(struct mount_items *items);

/* The contents of a directory. 0, or an errno: ENOTDIR, EIO where it can't be read, ELOOP for a
 * directory that stands in itself. mount_items_release_listing. */
int mount_items_list(
	struct mount_items *items, struct mount_item *dir, struct mount_listing **listing);
const struct disc_listing *mount_items_contents(const struct mount_listing *listing);
void mount_items_release_listing(struct mount_items *items, struct mount_listing *listing);

/* The item of the index-th name of a directory, known to the kernel once more. NULL without memory.
 */
struct mount_item *mount_items_get(struct mount_items *items, struct mount_item *dir,
	const struct mount_listing *listing, size_t index);

/* What the disc says of an item. 0, or an errno: EIO where its directory, read again, lacks it.
 * mount_items_release_view. */
int mount_items_view(struct mount_items *items, struct mount_item *item, struct mount_view *view);
void mount_items_release_view(struct mount_items *items, struct mount_view *view);

/* The kernel forgets it n times. */
void mount_items_forget(struct mount_items *items, struct mount_item *item, uint64_t n);

void mount_items_free(struct mount_items *items);

#endif
