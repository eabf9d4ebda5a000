/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SHA-256 digests (FIPS 180-4) of a stream's groups of 64 KiB: what was sent, kept small enough
 * to find out later not only that a medium differs but where (32 bytes a group, 13 MB for a BD of
 * 25 GB). */
#ifndef CRYPTO_DIGEST_LIST_H
#define CRYPTO_DIGEST_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"

/* One group: an ECC block of a BD, two of a DVD. The last group of a stream may be shorter. */
enum { DIGEST_GROUP_BYTES = 64 * 1024, DIGEST_BYTES = 32 };

struct digest_list;

/* For a stream of n_bytes, 0 for unknown: memory is allocated here, and while streaming only if the
 * size is unknown. NULL with f filled. */
struct digest_list *digest_list_new(uint64_t n_bytes, struct fail *f);

/* The next bytes of the stream. Can't fail; what goes wrong shows in digest_list_is_whole. */
void digest_list_update(struct digest_list *l, const void *bytes, size_t n_bytes);

/* Ends the stream; before that, a last, shorter group has no digest. */
void digest_list_finish(struct digest_list *l);

/* False if memory ran out before the stream ended. */
bool digest_list_is_whole(const struct digest_list *l);

/* The digest of a finished group, from 0 on: DIGEST_BYTES bytes, until the next update. */
const uint8_t *digest_list_group(const struct digest_list *l, uint64_t group);

/* True where the n_bytes are those of the group's, from 0. Not thread-safe. */
bool digest_list_matches(struct digest_list *l, uint64_t group, const void *bytes, size_t n_bytes);

/* One digest of all groups' digests, to compare streams by. */
void digest_list_total(struct digest_list *l, uint8_t out[DIGEST_BYTES]);

void digest_list_free(struct digest_list *l);

#endif
