/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Computes a digest in a thread of its own, behind a small bounded ring of chunks: SHA-256 is
 * slower than the rest of the chain, and free on a second core.
 *
 * One thread calls the functions.
 */
#ifndef BURN_DIGEST_THREAD_H
#define BURN_DIGEST_THREAD_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/digest_list.h"
#include "util/fail.h"

struct digest_thread;

/* Starts it; digests is borrowed. NULL with f filled. */
struct digest_thread *digest_thread_new(struct digest_list *digests, struct fail *f);

/* Copies n bytes, at most CHUNK_BYTES, and hands them over; waits while the ring is full. */
void digest_thread_put(struct digest_thread *t, const uint8_t *bytes, size_t n);

/* Waits until the digest has seen all that was put. */
void digest_thread_drain(struct digest_thread *t);

/* Drains and ends it. NULL does nothing. */
void digest_thread_free(struct digest_thread *t);

#endif
