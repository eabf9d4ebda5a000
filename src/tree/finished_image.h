/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A finished image, from a file or a stream, as the first stage of a chain: burned as it is.
 *
 * Zeros fill the last block. A stream with an ISO 9660 volume descriptor (ECMA-119, 8.4; block 16)
 * that records more than arrives fails: a mkisofs died in the pipe.
 */
#ifndef TREE_FINISHED_IMAGE_H
#define TREE_FINISHED_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/format/contents.h"
#include "util/fail.h"

struct burn_source;
struct finished_image;

/* Opens path, or stdin for "-". announced_bytes: what was given as its size, 0 for nothing; input
 * of another length fails with both numbers. NULL with f filled. The caller frees, after the
 * source. */
struct finished_image *finished_image_open(
	const char *path, uint64_t announced_bytes, struct fail *f);

/* The size that the chain will get, padded to whole blocks; 0 where a stream's size is unknown. */
uint64_t finished_image_bytes(const struct finished_image *i);

/* True for a regular file or block device that holds an ISO 9660 or UDF file system (the volume
 * recognition sequence from block 16: ECMA-167, 2/8; CD001, BEA01/NSR0x), or an encrypted volume
 * that shows itself. False for anything else, or what can't be read. */
bool finished_image_is_one(const char *path);

/* True for such a volume alone: with its payload, not only the header that was detached from one.
 */
bool finished_image_is_volume(const char *path);

/* True where such a file system is ISO 9660 without UDF. */
bool finished_image_is_iso9660(const char *path);

/* Looks what the image holds, by its first blocks: NULL for unknown contents. Of a stream they are
 * read ahead, and kept for the stage. Once. 0, or -1 with f filled. */
int finished_image_look(struct finished_image *i, const struct contents **contents, struct fail *f);

/* Once looked at: its first block, with zeros behind a shorter image. */
const uint8_t *finished_image_start(const struct finished_image *i);

/* True where it can be read more than once. */
bool finished_image_can_repeat(const struct finished_image *i);

/* The stage; where it can be repeated, another one once that is freed. NULL with f filled. The
 * image must outlive it. */
struct burn_source *finished_image_source_new(struct finished_image *i, struct fail *f);

/* After the burn: the same for the image that was read. */
bool finished_image_was_iso9660(const struct finished_image *i);

/* After the burn: bytes of input, and zeros that were added after it. */
uint64_t finished_image_input_bytes(const struct finished_image *i);
uint64_t finished_image_padding_bytes(const struct finished_image *i);

void finished_image_close(struct finished_image *i);

#endif
