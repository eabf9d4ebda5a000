/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two copies of a LUKS2 header (LUKS2 On-Disk Format Specification, 2.1 to 2.3). libcryptsetup
 * takes either without a word; a disc whose first one is damaged should be copied. */
#ifndef CRYPTO_LUKS2_COPIES_H
#define CRYPTO_LUKS2_COPIES_H

#include <stdbool.h>

#include "util/block_reader.h"

/* False where one of them can't be read, or its SHA-256 is wrong; true also where another checksum
 * is used, or there is no memory. reader begins with the header, which opened. */
bool luks2_copies_are_whole(struct block_reader *reader);

#endif
