/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A burn_source as the contents of a file in an image of libisofs, read once, from start to end.
 *
 * libisofs fills a file that fails with zeros and goes on. So a failure is kept here, and known
 * before the first of these zeros comes out of libisofs' ring: whoever reads that looks at
 * once_stream_has_failed after each read.
 */
#ifndef IMAGE_ONCE_STREAM_H
#define IMAGE_ONCE_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "util/fail.h"

struct burn_source;
struct iso_stream;
struct once_stream;

/* n_bytes from upstream, which is borrowed; NULL: nobody will read. NULL with f filled. The caller
 * frees, after everything of libisofs that reads it. */
struct once_stream *once_stream_new(struct burn_source *upstream, uint64_t n_bytes, struct fail *f);

/* For libisofs, which frees its reference alone; once. NULL without memory. */
struct iso_stream *once_stream_for_libisofs(struct once_stream *s);

/* True once upstream has failed, or ended before or after n_bytes. Any thread. */
bool once_stream_has_failed(struct once_stream *s);

/* Why, after that; not filled where upstream has failed, which explains itself. */
const struct fail *once_stream_fail(const struct once_stream *s);

/* Ends the reading: upstream is told too, and what it says then is no failure. Any thread. */
void once_stream_cancel(struct once_stream *s);

void once_stream_free(struct once_stream *s);

#endif
