/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An image of libisofs' as a stage: first what libisofs writes (the head: descriptors, directories,
 * path tables), then the contents of the files, which come from elsewhere.
 *
 * libisofs would push each block of the contents through a ring, with a lock for each, and read
 * files in pieces of 2 KiB. It need not: it is told the order of the files (by sort weights, all
 * different), and nothing follows them. So the contents follow the head in that order, each padded
 * to a block. That head and contents have the size that libisofs has announced is checked.
 *
 * Runs in the thread that pulls it. A caught signal is a failure.
 */
#ifndef TREE_IMAGE_SOURCE_H
#define TREE_IMAGE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree/placeholder.h"
#include "util/fail.h"

struct burn_source;
struct stage;

/* What follows the head: all files in order, each with zeros up to a whole block. */
struct image_contents {
	const char *name;             /* of the stage */
	struct burn_source *upstream; /* what read takes from (stage_take); NULL: none */
	uint64_t upstream_bytes;
	void *ctx;
	uint64_t n_bytes;
	/* of a later session: the block that it begins at, and the bytes of files that libisofs
	 * has laid out behind those that go out */
	uint32_t first_block;
	uint64_t n_kept_bytes;
	/* The next n bytes, at most CHUNK_BYTES and no more than there are. 0, or -1 with the
	 * failure in s->fail or upstream. */
	int (*read)(void *ctx, struct stage *s, uint8_t *buf, size_t n);
	/* When the stage is freed, libisofs' writer having ended; may be NULL. */
	void (*free)(void *ctx);
};

/* The head, kept for further stages that make the same image: libisofs would make another one, with
 * other times and numbers. */
struct image_head {
	uint8_t *bytes; /* heap; NULL: none was kept yet */
	uint64_t n_bytes;
	bool is_whole;
};

/* Takes over iso, a source of iso_image_create_burn_source whose files are placeholders at gate,
 * the contents and their upstream, when it succeeds; NULL with f filled leaves them with the
 * caller. */
struct burn_source *image_source_new(struct burn_source *iso, struct placeholder_gate *gate,
	const struct image_contents *contents, struct fail *f);

/* The same; head is filled in when iso is read, and where it is whole it is read instead: iso is
 * NULL then. It outlives the stage. */
struct burn_source *image_source_new_kept(struct burn_source *iso, struct placeholder_gate *gate,
	const struct image_contents *contents, struct image_head *head, struct fail *f);

/* Frees what it holds. */
void image_source_clear_head(struct image_head *head);

/* Ends a source of libisofs, wherever its writer is, and frees it. NULL does nothing. */
void image_source_end_writer(struct burn_source *iso, struct placeholder_gate *gate);

#endif
