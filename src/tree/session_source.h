/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An image that becomes a later session of a disc (doc/FORMAT.md), as a stage behind it.
 *
 * What was saved goes out before it, its end record behind it. On the way its start record is put
 * into the last block of the system area; the volume space is counted from the medium's start on,
 * not from the session's (Linux takes it for a limit of what Rock Ridge refers to); and files whose
 * bytes an earlier session has get their true places. A block with records is known by the extent
 * of its directory, which stands in a record before: what else there is may look as it likes.
 *
 * Runs in the thread that pulls it. */
#ifndef TREE_SESSION_SOURCE_H
#define TREE_SESSION_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "iso/session_record.h"
#include "tree/extent_map.h"
#include "util/fail.h"
#include "util/sector.h"

struct burn_source;

/* The start record and the descriptors, as they went out. */
struct session_head {
	uint8_t blocks[17][BLOCK_BYTES];
	size_t n_blocks;
};

/* All borrowed. */
struct session_parts {
	const struct session_record *record; /* complete */
	uint64_t n_head_blocks;              /* of the image, before the files' contents */
	const uint8_t *saved;                /* SESSION_SAVED_BLOCKS blocks; NULL: none */
	const struct extent_map *kept;       /* laid out right behind the image's end */
	struct session_head *head;           /* filled */
};

/* Takes over the upstream, an image of whole blocks and known size whose block numbers count from
 * the payload's start on. NULL with f filled. */
struct burn_source *session_source_new(
	struct burn_source *upstream, const struct session_parts *parts, struct fail *f);

#endif
