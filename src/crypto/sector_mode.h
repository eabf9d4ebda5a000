/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is behind a struct sector_cipher: a mode of operation and its keys. Private to src/crypto.
 *
 * A mode gets whole encryption sectors only, any number of them, at least one. It is used by one
 * thread at a time, clone by a thread that may share the original for reading. Failing: as
 * sector_cipher.h.
 */
#ifndef CRYPTO_SECTOR_MODE_H
#define CRYPTO_SECTOR_MODE_H

#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"

struct sector_mode {
	/* offset: of the first sector, in bytes from the payload's start */
	int (*encrypt)(void *ctx, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f);
	int (*decrypt)(void *ctx, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f);
	void *(*clone)(const void *ctx, struct fail *f); /* NULL with f filled */
	void (*free)(void *ctx);                         /* NULL does nothing */
};

#endif
