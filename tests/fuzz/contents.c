/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first bytes of any payload, of any length. */
#include "fuzz.h"

#include "crypto/format/contents.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct contents *contents = contents_recognise(data, size);

	FUZZ_MUST(contents_name(contents)[0]);
	return 0;
}
