/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dm-crypt's plain format: cipher text and nothing else (doc/FORMAT.md).
 *
 * Its styles "new" and "old" are those of the encryption patch for cdrecord (2004-2009); otherwise
 * cipher, key size and hash have to be said, as cryptsetup's own defaults have changed over time.
 * Private to src/crypto.
 */
#ifndef CRYPTO_FORMAT_PLAIN_H
#define CRYPTO_FORMAT_PLAIN_H

#include "crypto/format/format.h"

extern const struct format plain_format;

#endif
