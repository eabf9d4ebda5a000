/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disc made by hand, in memory, with all that a disc can have wrong: small_disc_start, then what
 * is to be put on it. */
#ifndef TESTS_LIB_SMALL_DISC_H
#define TESTS_LIB_SMALL_DISC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/block_reader.h"
#include "util/sector.h"

/* The root directory's block, that of the directory "D", one for continuation areas. */
enum { ROOT = 20, DIR, AREA, DISC_BLOCKS = 64 };

extern uint8_t disc[DISC_BLOCKS][BLOCK_BYTES];
extern uint64_t bad_block; /* can't be read; 0: all can */
extern size_t root_end, dir_end;

/* Reads disc. */
extern struct block_reader small_disc;

/* "/A" at 30, two blocks; "/D/"; "/D/C" at 50. */
void small_disc_start(bool with_rock_ridge);

/* A directory record at *end of a block, with fields in its System Use area. Returns it. */
uint8_t *put_record(uint8_t *block, size_t *end, const char *name, size_t n_name, uint32_t lba,
	uint32_t n_bytes, int flags, const void *fields, size_t n_fields);

/* The same without fields, in the root or in "D". */
uint8_t *put_root(const char *name, uint32_t lba, uint32_t n_bytes, int flags);
uint8_t *put_dir(const char *name, uint32_t lba, uint32_t n_bytes, int flags);

#endif
