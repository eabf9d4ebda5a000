/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first bytes of any payload, of any length. */
#include "fuzz.h"

#include "crypto/format/contents.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *name = contents_name(data, size);

	FUZZ_MUST(!name || name[0]);
	return 0;
}
