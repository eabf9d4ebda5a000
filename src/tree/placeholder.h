/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file as libisofs sees it: a size and an identity, no contents.
 *
 * libisofs lays the image out and writes what stands before the files' contents; its writer then
 * waits in the opening of the first file. From there on it isn't needed: the contents are copied
 * past it (tree/image_source.h). Where nobody waits any more, the writer is let go, and reads
 * zeros until it is cancelled.
 */
#ifndef TREE_PLACEHOLDER_H
#define TREE_PLACEHOLDER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct iso_stream;

/* Where the writer waits. One for all files of an image. */
struct placeholder_gate {
	pthread_mutex_t lock; /* for the rest */
	pthread_cond_t was_opened;
	bool is_reached, is_open;
};

/* Closed. */
void placeholder_gate_init(struct placeholder_gate *gate);
void placeholder_gate_clear(struct placeholder_gate *gate);

/* True once the writer has written all that comes before the contents. Any thread. */
bool placeholder_gate_is_reached(struct placeholder_gate *gate);

/* Lets the writer go. Any thread. */
void placeholder_gate_open(struct placeholder_gate *gate);

/* A stream for libisofs, which frees it, of a file of n_bytes; gate has to outlive it. Names of one
 * file share its serial, which counts from 1. NULL without memory. */
struct iso_stream *placeholder_stream(
	struct placeholder_gate *gate, uint64_t n_bytes, uint64_t serial);

#endif
