/* SPDX-License-Identifier: GPL-3.0-or-later */
/* -guess: a volume in one of the common formats that show nothing, found by what comes out.
 *
 * Tried are the plain styles and ciphers that programs have or had for defaults, with their hashes
 * and sector sizes, and loop-AES. Each costs some microseconds; contents_probe recognises the right
 * one.
 */
#ifndef DISC_GUESS_H
#define DISC_GUESS_H

#include "crypto/format/volume.h"
#include "util/block_reader.h"
#include "util/fail.h"
#include "util/message.h"

/* reader begins at offset, in 512-byte units, of the medium: loop-AES may count its IVs from there.
 * The caller frees. A note says what it is, as options. NULL where nothing known comes out; with f
 * filled where reader can't be read. */
struct volume *guess_open(struct block_reader *reader, uint64_t offset,
	const struct credential *credential, const struct messages *m, struct fail *f);

#endif
