/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The volume recognition area of any image, of any length. */
#include "fuzz.h"

#include "iso/descriptors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct recognised v = descriptors_recognise(data, size);

	FUZZ_MUST(size >= BLOCK_BYTES || (!v.is_iso9660 && !v.is_udf));
	/* what is announced has 32 bits of blocks, and a size of its own only with a descriptor */
	FUZZ_MUST(v.is_iso9660 || v.iso_bytes == 0);
	FUZZ_MUST(v.iso_bytes <= (uint64_t)UINT32_MAX * BLOCK_BYTES);
	return 0;
}
