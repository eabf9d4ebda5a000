/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a payload holds, read from where it lies. */
#ifndef CRYPTO_FORMAT_CONTENTS_PROBE_H
#define CRYPTO_FORMAT_CONTENTS_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/format/contents.h"
#include "crypto/sector_cipher.h"
#include "util/block_reader.h"
#include "util/fail.h"

/* Reads the start of the payload at first_block of reader, decrypts it (cipher NULL: not encrypted)
 * and writes what contents_recognise says of it to *contents; NULL also where it is sparse but
 * comes out as noise, as after decrypting in sectors of the wrong size. Of what is not encrypted, a
 * Nero image is known too. Unreadable blocks count as zeros. 0, or -1 with f filled where nothing
 * is recognised because of them, or there is no memory. */
int contents_probe(struct block_reader *reader, uint64_t first_block, struct sector_cipher *cipher,
	const struct contents **contents, struct fail *f);

/* The same for what is encrypted; *is_certain: something comes out in the clear that would not with
 * sectors of another size, which compressed data can't show. */
int contents_probe_sector(struct block_reader *reader, struct sector_cipher *cipher,
	const struct contents **contents, bool *is_certain, struct fail *f);

#endif
