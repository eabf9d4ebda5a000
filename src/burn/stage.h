/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all stages share: a struct burn_source of version 1 (libburn.h: read is NULL, read_xt and
 * cancel are set), so that libisofs' sources, ours and libburn's tracks fit each other.
 *
 * A stage owns its upstream and frees it; a constructor that fails leaves the upstream with the
 * caller. A stage remembers its failure in its report and ends exactly at its size.
 */
#ifndef BURN_STAGE_H
#define BURN_STAGE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <libburn/libburn.h>

#include "util/report.h"

/* Fills buf from upstream; fewer than n bytes only at its end. Returns the bytes, or -1 for an
 * error, which the upstream's report explains. */
ssize_t stage_read(struct burn_source *upstream, uint8_t *buf, size_t n);

/* Makes a source around data with these functions; NULL with f filled (no memory). */
struct burn_source *stage_new(void *data,
	int (*read_xt)(struct burn_source *, unsigned char *, int),
	off_t (*get_size)(struct burn_source *), void (*free_data)(struct burn_source *),
	int (*cancel)(struct burn_source *), struct fail *f);

/* Drops one reference; the last one frees the stage and its upstream. NULL does nothing. */
void stage_free(struct burn_source *s);

#endif
