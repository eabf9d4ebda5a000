/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two copies of a LUKS2 header (LUKS2 On-Disk Format Specification, 2.1 to 2.3). libcryptsetup
 * takes either without a word; a disc whose first one is damaged should be copied. */
#ifndef CRYPTO_FORMAT_LUKS2_COPIES_H
#define CRYPTO_FORMAT_LUKS2_COPIES_H

#include "util/block_reader.h"
#include "util/message.h"

/* Warns, and returns 1, where one of them is damaged: it is none, or its SHA-256 is wrong. reader
 * begins with the header, which opened; blocks that can't be read are told by those who needed
 * them. */
int luks2_copies_check(struct block_reader *reader, const struct messages *m);

#endif
