/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An unencrypted ISO 9660 image around an encrypted volume, as a stage: the volume is one file of
 * it, as long as it may be (ECMA-119, level 3; Rock Ridge and Joliet), beside a README.TXT that
 * tells how to open it.
 *
 * The volume streams through, right after the readme. It is read by the thread that pulls the
 * stage.
 *
 * May stand around a stage that has a tree at its start. Made and freed by the main thread.
 */
#ifndef TREE_CONTAINER_SOURCE_H
#define TREE_CONTAINER_SOURCE_H

#include <stdint.h>

#include "util/fail.h"

/* In the first line of each readme, behind the volume's name: such an image is ours. */
#define CONTAINER_README_MARK " on this disc is an encrypted volume ("

struct burn_source;
struct image_head;

/* The strings are copied. */
struct container_spec {
	const char *name;      /* of the volume's file */
	uint64_t n_bytes;      /* exact size of the volume */
	const char *readme;    /* text; its lines end in CR LF on the disc */
	const char *volume_id; /* of the image: tree/volume_id.h */
};

/* Exact size of the image, a multiple of BLOCK_BYTES, the same for all readmes that take as many
 * blocks; the volume, padded to a whole block, is the last in it. 0 with f filled: FAIL_USAGE for
 * an invalid name or volume id, or a name that Windows could not show; FAIL_FAILED. */
uint64_t container_source_bytes(const struct container_spec *spec, struct fail *f);

/* The stage. Takes over volume, which has to deliver exactly spec->n_bytes, unless it fails: NULL
 * with f filled, as above. */
struct burn_source *container_source_new(
	struct burn_source *volume, const struct container_spec *spec, struct fail *f);

/* The same; head (tree/image_source.h) keeps what further stages have in common. */
struct burn_source *container_source_new_kept(struct burn_source *volume,
	const struct container_spec *spec, struct image_head *head, struct fail *f);

#endif
