/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a payload holds, recognised by its first bytes.
 *
 * A format without a header opens with any key, to garbage; the only sign of the right key is a
 * payload that is recognised. At least four bytes have to agree, so that garbage passes once in
 * hundreds of millions.
 */
#ifndef CRYPTO_FORMAT_CONTENTS_H
#define CRYPTO_FORMAT_CONTENTS_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/sector_cipher.h"
#include "util/block_reader.h"
#include "util/fail.h"

enum {
	/* as far as a payload has to be read: the descriptors of ISO 9660 and UDF */
	CONTENTS_BLOCKS = 32,
	/* the second descriptor: tells encryption sectors of one block from those of two */
	CONTENTS_SECOND = 17,
};

/* What n_bytes from the payload's start are ("an ISO 9660 file system"); NULL if unknown. */
const char *contents_name(const uint8_t *bytes, size_t n_bytes);

/* Reads the start of the payload at first_block of reader, decrypts it (cipher NULL: not encrypted)
 * and writes what contents_name says of it to *name; NULL also where most of it is noise, as after
 * decrypting in sectors of the wrong size. Unreadable blocks count as zeros. 0, or -1 with f filled
 * where nothing is recognised because of them, or there is no memory. */
int contents_probe(struct block_reader *reader, uint64_t first_block, struct sector_cipher *cipher,
	const char **name, struct fail *f);

#endif
