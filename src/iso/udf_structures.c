/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/udf_structures.h"

#include "util/sector.h"

void udf_structures_add(
	struct udf_structures *s, uint32_t block_bytes, uint64_t block, uint64_t n_bytes)
{
	uint64_t at = block * block_bytes;

	if (s->n == UDF_STRUCTURES_MAX || n_bytes == 0 || n_bytes > UINT32_MAX ||
		at / BLOCK_BYTES >= DISC_HOLE)
		return;
	s->at[s->n++] = (struct disc_extent){ .lba = (uint32_t)(at / BLOCK_BYTES),
		.skip = at % BLOCK_BYTES,
		.n_bytes = (uint32_t)n_bytes };
}
