/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The metadata of a UDF volume that are recorded twice, in a file and in its mirror (UDF 2.60,
 * 2.2.10, 2.2.13): where the copy of what lies at a place of the disc lies. They come from
 * strangers. */
#ifndef ISO_UDF_MIRROR_H
#define ISO_UDF_MIRROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iso/byte_reader.h"
#include "iso/disc_extents.h"
#include "iso/disc_memory.h"
#include "util/fail.h"

struct udf_mirror_piece;

/* All zeros: nothing is recorded twice. */
struct udf_mirror {
	struct udf_mirror_piece *at; /* heap; sorted by place */
	size_t n;
};

/* Makes it of both files' extents. 0, or -1 with f filled: no memory, or too much of it. */
int udf_mirror_make(struct udf_mirror *m, const struct disc_extents *file,
	const struct disc_extents *mirror, struct disc_memory *memory, struct fail *f);

/* Finds the copy of n bytes at a place, both in bytes from the start of the disc. False: there is
 * none, or not in one piece. */
bool udf_mirror_find(const struct udf_mirror *m, uint64_t place, size_t n, uint64_t *copy);

/* What is read: what lies at the place and, where that can't be read, its copy, which the reader
 * then remembers (used_copy); or the copy alone. */
enum udf_mirror_which { UDF_EITHER, UDF_COPY };

/* Reads n bytes. 0, or -1. */
int udf_mirror_read(const struct udf_mirror *m, struct byte_reader *r, enum udf_mirror_which which,
	uint64_t place, size_t n, uint8_t *buf);

/* Frees what m holds. */
void udf_mirror_clear(struct udf_mirror *m);

#endif
