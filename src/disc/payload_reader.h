/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The payload of a volume as blocks, for any number of threads at once if the medium is.
 *
 * Random reads are read and decrypted by the thread that asks, no more than it asks for. With
 * read-ahead, once reads follow each other, chunks are read and decrypted ahead by threads of the
 * reader's own (disc/read_ahead.h). */
#ifndef DISC_PAYLOAD_READER_H
#define DISC_PAYLOAD_READER_H

#include <stdbool.h>

#include "crypto/format/volume.h"
#include "util/block_reader.h"
#include "util/fail.h"

/* What may be unreadable at the end of a CD: 150 blocks that burning pads a track with
 * (drive/session.h), and the 2 that end it. */
enum { PAYLOAD_RUN_OUT_BLOCKS = 152 };

/* A reader whose block 0 is the payload's first; it ends with the payload, where its length is
 * recorded, or with the medium. reads_ahead: medium may be read by many threads. It and the volume
 * stay the caller's and outlive the reader. A block that can't be read is the failure's object, by
 * its number on the medium, and all before it are in the buffer. NULL with f filled. */
struct block_reader *payload_reader_new(
	struct block_reader *medium, const struct volume *volume, bool reads_ahead, struct fail *f);

#endif
