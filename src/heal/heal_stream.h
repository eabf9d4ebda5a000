/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the healing data of a volume that passes by once, such as a burn: the bytes that
 * heal_encoder.h writes to a file. Tree and parity are in memory until they go out, and all of it
 * is allocated at the start. One thread at a time. */
#ifndef HEAL_HEAL_STREAM_H
#define HEAL_HEAL_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "heal/block_tree.h"
#include "heal/heal_record.h"
#include "util/fail.h"

struct heal_stream;

/* What heal_stream_new takes, in bytes. */
uint64_t heal_stream_memory(const struct heal_layout *l);

/* r has layout, id and salt, and gets the rest when it is known. All are borrowed. NULL with f
 * filled. */
struct heal_stream *heal_stream_new(struct heal_record *r, const struct block_tree_hash *hash,
	const struct heal_voucher *voucher, struct fail *f);

/* The next n blocks of the volume, no more than it has. 0, or -1 with f filled. */
int heal_stream_add(struct heal_stream *s, uint8_t *blocks, size_t n, struct fail *f);

/* Once all of the volume was added: puts up to n of the blocks behind it into buf, the next ones.
 * How many; 0 at the layout's end; -1 with f filled. */
ssize_t heal_stream_take(struct heal_stream *s, uint8_t *buf, size_t n, struct fail *f);

void heal_stream_free(struct heal_stream *s);

#endif
