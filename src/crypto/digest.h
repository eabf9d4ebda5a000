/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 over a stream (FIPS 180-4), for telling whether what was read back is what was sent. */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"

enum { DIGEST_BYTES = 32 };

struct digest;

struct digest *digest_new(struct fail *f);
/* Cannot fail once made. */
void digest_update(struct digest *d, const void *bytes, size_t n_bytes);
/* Writes the digest of all so far; the digest is not to be updated any more. */
void digest_final(struct digest *d, uint8_t out[DIGEST_BYTES]);
void digest_free(struct digest *d);

#endif
