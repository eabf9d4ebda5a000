/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the first stages of a chain share: a struct burn_source of version 1 (libisofs.h: read is
 * NULL, read_xt and cancel are set). */
#ifndef TREE_PLAIN_SOURCE_H
#define TREE_PLAIN_SOURCE_H

#include <sys/types.h>

#include "util/fail.h"

struct burn_source;

/* Makes a source around data with these functions; NULL with f filled (no memory). */
struct burn_source *plain_source_new(void *data,
	int (*read_xt)(struct burn_source *, unsigned char *, int),
	off_t (*get_size)(struct burn_source *), void (*free_data)(struct burn_source *),
	int (*cancel)(struct burn_source *), struct fail *f);

/* Drops one reference of a source, be it ours or libisofs'; the last one frees it. NULL does
 * nothing. */
void plain_source_free(struct burn_source *s);

#endif
