/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A VeraCrypt volume with AES and SHA-512: header, data, copy of the header (doc/FORMAT.md).
 * Private to src/crypto. */
#ifndef CRYPTO_FORMAT_VERACRYPT_H
#define CRYPTO_FORMAT_VERACRYPT_H

#include "crypto/format/format.h"

extern const struct format veracrypt_format;

#endif
