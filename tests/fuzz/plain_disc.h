/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An input as a plain disc: its bytes are those from block 16 on. */
#ifndef TESTS_FUZZ_PLAIN_DISC_H
#define TESTS_FUZZ_PLAIN_DISC_H

#include <stddef.h>
#include <stdint.h>

#include "util/block_reader.h"

struct plain_disc {
	const uint8_t *data;
	size_t size;
	struct block_reader blocks;
};

/* What is not there is zeros; of an odd number of bytes, block 40 can't be read. data is borrowed,
 * and d stays where it is. */
void plain_disc_init(struct plain_disc *d, const uint8_t *data, size_t size);

#endif
