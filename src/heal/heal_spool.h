/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the healing data of a volume in little memory, in a file that has what stands behind the
 * volume: the same bytes as heal_stream.h and heal_encoder.h. For that the volume passes by several
 * times, the same each time; each pass computes the parity of some columns. Then it passes by once
 * more, is compared, and gets the file's contents behind it. One thread at a time. */
#ifndef HEAL_HEAL_SPOOL_H
#define HEAL_HEAL_SPOOL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "heal/block_tree.h"
#include "heal/heal_record.h"
#include "util/fail.h"

enum { HEAL_SPOOL_PASSES_MAX = 64 };

struct heal_spool;

/* How many passes there are with so many bytes of memory; 0: more than HEAL_SPOOL_PASSES_MAX. */
unsigned heal_spool_passes(const struct heal_layout *l, uint64_t max_memory);

/* The memory that so many passes take, in bytes. */
uint64_t heal_spool_memory(const struct heal_layout *l, unsigned n_passes);

/* r has layout, id and salt, and gets the rest with the last pass; fd is an empty file
 * for reading and writing, name what failures call it. All are borrowed. NULL with f filled. */
struct heal_spool *heal_spool_new(struct heal_record *r, const struct block_tree_hash *hash,
	const struct heal_voucher *voucher, int fd, const char *name, unsigned n_passes,
	struct fail *f);

/* During a pass: the next n blocks of the volume, no more than it has. 0, or -1 with f filled:
 * FAIL_FAILED, too, where a block is not what it was in the first pass. */
int heal_spool_add(struct heal_spool *s, uint8_t *blocks, size_t n, struct fail *f);

/* Ends a pass, once all blocks were added; the last one makes the rest. 0, or -1 with f filled. */
int heal_spool_end_pass(struct heal_spool *s, struct fail *f);

/* After the last pass: compares the next n blocks of the volume with their digests. 0, or -1 with f
 * filled; another block is no failure. */
int heal_spool_compare(struct heal_spool *s, const uint8_t *blocks, size_t n, struct fail *f);

/* How many blocks were others than those that healing data were made of. */
uint64_t heal_spool_n_changed(const struct heal_spool *s);

/* After that: puts up to n of the blocks behind the volume into buf, the next ones. How many; 0 at
 * the layout's end; -1 with f filled. */
ssize_t heal_spool_take(struct heal_spool *s, uint8_t *buf, size_t n, struct fail *f);

void heal_spool_free(struct heal_spool *s);

#endif
