/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies where on the disc: the parts of one session, in ascending order without gaps, in blocks
 * of BLOCK_BYTES. Made from sizes alone, before a secret is asked for; everything that depends on
 * places takes them from here: the chain, the check of the medium, the announcement, the summary,
 * the words for a bad block. */
#ifndef JOB_LAYOUT_H
#define JOB_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "burn/sink.h"
#include "crypto/format/format.h"
#include "tree/container_source.h"
#include "util/fail.h"

enum layout_kind {
	LAYOUT_HEAD,    /* of the unencrypted file system whose file the volume is */
	LAYOUT_HEADER,  /* of the volume */
	LAYOUT_PAYLOAD, /* as ciphertext */
	LAYOUT_TRAILER, /* of the volume: after the payload */
	LAYOUT_HEALING, /* data that heal all before them */
	LAYOUT_PADDING, /* that the medium needs after the data */
	LAYOUT_KINDS
};

struct layout {
	uint64_t start_lba; /* of the session on the medium */
	/* by kind; missing ones have no blocks. After one of unknown size, all are of
	 * unknown size, and the payload has none. */
	struct layout_part {
		uint64_t lba, n_blocks; /* lba counts from the session's start */
	} parts[LAYOUT_KINDS];
	bool is_known; /* the payload's size, and so all of it */
};

/* Of what is burned. payload_bytes: whole blocks, 0 where unknown. container: NULL for none, else
 * n_bytes is filled in. 0, or -1 with f filled, if the format can't be in a file, or needs to know
 * the size. */
int layout_make(struct layout *l, const struct format *format, const struct format_params *params,
	uint64_t payload_bytes, struct container_spec *container, struct fail *f);

/* Adds n_blocks of healing data behind it. */
void layout_add_healing(struct layout *l, uint64_t n_blocks);

/* Of a session that is added to a volume: a part of the payload alone, of payload_bytes. */
void layout_make_part(struct layout *l, uint64_t payload_bytes);

/* Where a sink puts it, and the zeros that it wants after it: up to whole units, and a tail. */
void layout_place(struct layout *l, const struct sink_needs *needs);

/* Once all has gone out: data_bytes without the padding, which tells a size that was unknown. */
void layout_complete(struct layout *l, uint64_t data_bytes);

/* All that goes out, without and with the padding, in bytes; 0 where unknown. */
uint64_t layout_data_bytes(const struct layout *l);
uint64_t layout_bytes(const struct layout *l);

/* The bytes of a part. */
uint64_t layout_part_bytes(const struct layout *l, enum layout_kind kind);

/* The first block of a part, counted on the medium. */
uint64_t layout_lba(const struct layout *l, enum layout_kind kind);

/* The part that has this block of the medium; LAYOUT_KINDS for none. */
enum layout_kind layout_find(const struct layout *l, uint64_t lba);

/* "the volume's header": for messages. */
const char *layout_name(enum layout_kind kind);

#endif
