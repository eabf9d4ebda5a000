/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New key files, from the system's random generator. NULL with f filled; the caller frees. */
#ifndef CRYPTO_KEY_FILE_MAKER_H
#define CRYPTO_KEY_FILE_MAKER_H

#include <stddef.h>

#include "util/fail.h"
#include "util/secret.h"

/* loop-AES's version 3: 65 random lines. */
struct secret *key_file_maker_loopaes(struct fail *f);

/* n random bytes, for LUKS (any n) or as the key of a plain format (32 for 256 bits, 64 for 512).
 */
struct secret *key_file_maker_random(size_t n_bytes, struct fail *f);

#endif
