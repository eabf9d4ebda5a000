/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the volume recognition area of a data disc says (ECMA-167, 2/8; ECMA-119, 8.4). Pure bytes:
 * they come from strangers. */
#ifndef ISO_VOLUME_DESCRIPTOR_H
#define ISO_VOLUME_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/sector.h"

/* Where the area is: from block 16 on. */
enum { VOLUME_DESCRIPTOR_START = 16 * BLOCK_BYTES, VOLUME_DESCRIPTOR_BYTES = 16 * BLOCK_BYTES };

struct volume_descriptor {
	bool is_iso9660;
	bool is_udf;
	uint64_t iso_bytes; /* the volume space that the ISO 9660 descriptor announces; 0: none */
};

/* Reads the n bytes from VOLUME_DESCRIPTOR_START on; fewer than VOLUME_DESCRIPTOR_BYTES are a cut
 * area. */
struct volume_descriptor volume_descriptor_parse(const uint8_t *bytes, size_t n);

#endif
