/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The format luks2: a LUKS2 header of 1 MiB, then the cipher text (doc/FORMAT.md).
 *
 * Two copies of 16 KiB of metadata, key slots behind them, payload from 1 MiB on: whole ECC blocks
 * of DVD and BD. The token in the header is described in crypto/format/luks2_token.h. Private to
 * src/crypto.
 */
#ifndef CRYPTO_FORMAT_LUKS2_H
#define CRYPTO_FORMAT_LUKS2_H

#include "crypto/format/format.h"

extern const struct format luks2_format;

#endif
