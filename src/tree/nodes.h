/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries become libisofs' nodes.
 *
 * A name that Joliet can't hold makes two: one of them is in the Rock Ridge tree alone, the other,
 * under the name that we give it (tree/joliet_folder.h), in the Joliet tree alone. libisofs would
 * search all names of a directory for each that is like another one once it is shortened. */
#ifndef TREE_NODES_H
#define TREE_NODES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "iso/arena.h"
#include "tree/entry.h"
#include "tree/placeholder.h"
#include "util/fail.h"

struct Iso_Image;

/* What the file system can't hold as it is. */
struct nodes_losses {
	size_t n_joliet_changed;   /* names that Joliet shortens, or with characters replaced */
	size_t n_joliet_left_out;  /* links, special files */
	size_t n_times;            /* outside of the years 1900 to 2155 (disc_time_nearest_short) */
	size_t n_far_times;        /* outside of the years 0 to 9999 (disc_time_nearest_long) */
	size_t n_slashes;          /* link targets that end in one slash (tree/stored_form.h) */
	const struct entry *slash; /* the link of one of them */
	size_t n_left_out; /* files with attributes that are not stored (iso/file_attributes.h) */
	const struct entry *left_out; /* one of them */
	size_t n_extended; /* no loss: files with extended attributes or ACLs, which are stored */
};

/* mkisofs -r: all may read, nobody may write, what one may execute or enter all may; no special
 * bits. */
mode_t nodes_portable_mode(mode_t mode);

/* How many of the extended attributes of e are stored, from the first on. */
size_t nodes_n_attributes(const struct entry *e, bool portable);

/* True where a link's target ends in the slash that may not be stored (tree/stored_form.h). */
bool nodes_may_lose_slash(const char *target);

/* Adds everything below root to the empty image, with root's attributes on its root; portable: of
 * what keeps no attributes of the disc. The files wait at gate. What it needs meanwhile comes from
 * scratch. 0, or -1 with f filled. */
int nodes_add(struct Iso_Image *image, const struct entry *root, bool portable,
	struct placeholder_gate *gate, struct arena *scratch, struct nodes_losses *losses,
	struct fail *f);

#endif
