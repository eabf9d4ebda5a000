/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The volume descriptors of an ISO 9660 file system: where they say things are (ECMA-119, 8; Joliet
 * Specification; El Torito), and what their first blocks reveal about a disc (ECMA-167, 2/8). They
 * come from strangers. */
#ifndef ISO_DESCRIPTORS_H
#define ISO_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/block_reader.h"
#include "util/fail.h"
#include "util/sector.h"

enum {
	DESCRIPTORS_FIRST = 16, /* block of a session: behind the system area (ECMA-119, 6.2.1) */
	DESCRIPTORS_START = DESCRIPTORS_FIRST * BLOCK_BYTES,
	DESCRIPTORS_BYTES = 16 * BLOCK_BYTES, /* from there on: enough to recognise a disc */
	/* what mkisofs and libisofs pad a volume space with, and count in; more than a medium may
	 * lack the end of (the two blocks that end a CD's track), without losing any file */
	DESCRIPTORS_PADDING_BLOCKS = 150,
	DESCRIPTORS_LABEL_BYTES = 32 + 1,
	DESCRIPTORS_TREES_MAX = 8,
	DESCRIPTORS_EXTENTS_MAX = 48,
};

struct recognised {
	bool is_iso9660;
	bool is_udf;
	bool may_be_udf;    /* a block in which it may be announced can't be read */
	uint64_t iso_bytes; /* the volume space that the ISO 9660 descriptor records; 0: none */
};

/* Looks at the n bytes from DESCRIPTORS_START on, as far as DESCRIPTORS_BYTES; fewer are a
 * truncated area. What is recognised here is what descriptors_read takes. Pure bytes. */
struct recognised descriptors_recognise(const uint8_t *bytes, size_t n);

/* The same for the first session of a disc. Blocks that can't be read are passed over. */
struct recognised descriptors_look(struct block_reader *blocks);

enum disc_tree_kind { DISC_TREE_PLAIN, DISC_TREE_JOLIET, DISC_TREE_OTHER };

/* A root directory. */
struct disc_tree {
	enum disc_tree_kind kind;
	uint32_t lba, n_bytes;
};

struct descriptors {
	bool has_primary;
	uint64_t start;    /* of the session */
	uint64_t n_blocks; /* where the volume space of the primary descriptor, or of Joliet's, ends
			    */
	unsigned block_bytes;                          /* the same of logical blocks */
	struct disc_tree trees[DESCRIPTORS_TREES_MAX]; /* the plain one is the first */
	unsigned n_trees;
	struct {
		uint32_t lba, n_bytes;
	} extents[DESCRIPTORS_EXTENTS_MAX]; /* their own, path tables, boot catalogs */
	unsigned n_extents;
	char damage[80]; /* of descriptors after the primary one; "": none */
};

/* Where the session begins whose descriptors are read: blocks->session_lba if there are any, else
 * 0, as for a disc with music in its last session. */
uint64_t descriptors_start(struct block_reader *blocks);

/* Where the volume space ends of another program's session that begins at start and records a size
 * of so many blocks: some count from the session's start, others, as the Linux kernel expects, from
 * the disc's. n_blocks is what the medium has, which decides. */
uint64_t descriptors_end(uint64_t start, uint64_t size, uint64_t n_blocks);

/* The volume identifier of that session's primary descriptor (ECMA-119, 8.4.7), without the spaces
 * at its end; "": none. Its bytes are the disc's, but end in a NUL. */
void descriptors_label(struct block_reader *blocks, char label[DESCRIPTORS_LABEL_BYTES]);

/* Reads all descriptors of that session, in any order; the first extent is that of the descriptors
 * themselves, and of what lies before. What the Linux kernel does not look at is not looked at
 * either (doc/FORMAT.md has the fields one by one). Others than the primary one may be damaged, and
 * the terminator may be missing. The file system may record more blocks than there are. 0, or -1
 * with f filled. */
int descriptors_read(struct descriptors *d, struct block_reader *blocks, struct fail *f);

#endif
