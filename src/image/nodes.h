/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries become libisofs' nodes. */
#ifndef IMAGE_NODES_H
#define IMAGE_NODES_H

#include <stdbool.h>
#include <stddef.h>

#include "image/entry.h"
#include "util/fail.h"

struct Iso_Image;

/* What the Joliet tree (for systems without Rock Ridge) can't hold as it is. */
struct nodes_joliet {
	size_t n_changed;  /* names shortened, or with characters replaced */
	size_t n_left_out; /* links and special files */
	size_t n_unnamed;  /* files and directories whose name leaves nothing to show */
};

/* Adds everything below root to the empty image, with root's attributes on its root. 0, or -1 with
 * f filled. */
int nodes_add(struct Iso_Image *image, const struct entry *root, bool portable,
	struct nodes_joliet *joliet, struct fail *f);

#endif
