/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The payload of a volume as blocks: a decryptor around the reader of the medium. */
#ifndef DISC_PLAIN_READER_H
#define DISC_PLAIN_READER_H

#include <stdint.h>

#include "crypto/volume.h"
#include "util/block_reader.h"
#include "util/fail.h"

/* A reader whose block 0 is the payload's first. payload_bytes: where the payload ends; 0: with the
 * medium. blocks stays the caller's, and it and the volume (crypto/volume.h; only its cipher and
 * payload_offset count) must outlive the reader. NULL with f filled. */
struct block_reader *plain_reader_new(struct block_reader *blocks, const struct volume *volume,
	uint64_t payload_bytes, struct fail *f);

#endif
