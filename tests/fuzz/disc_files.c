/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plain disc, from block 16 on: what is read of its files, and all that verify does with it. */
#include "fuzz.h"

#include "check_disc.h"
#include "plain_disc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct plain_disc disc;

	plain_disc_init(&disc, data, size);
	check_disc(&disc.blocks);
	return 0;
}
