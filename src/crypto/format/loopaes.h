/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The format of loop-AES: cipher text and nothing else, under one key or 64 (doc/FORMAT.md).
 * Private to src/crypto. */
#ifndef CRYPTO_FORMAT_LOOPAES_H
#define CRYPTO_FORMAT_LOOPAES_H

#include "crypto/format/format.h"

extern const struct format loopaes_format;

#endif
