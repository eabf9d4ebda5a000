/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two copies of a LUKS2 header (LUKS2 On-Disk Format Specification, 2.1 to 2.3). libcryptsetup
 * uses either of them silently; a disc whose first one is damaged should be copied.
 * A volume whose first one is gone is found by the second one in luks.c (find_luks2). */
#ifndef CRYPTO_FORMAT_LUKS2_COPIES_H
#define CRYPTO_FORMAT_LUKS2_COPIES_H

#include "util/block_reader.h"
#include "util/message.h"

/* Warns and returns 1 where one of them is damaged: missing, or with a wrong SHA-256. reader starts
 * with a header that opened. Unreadable blocks don't count: whoever needed them reports them. */
int luks2_copies_check(struct block_reader *reader, const struct messages *m);

#endif
