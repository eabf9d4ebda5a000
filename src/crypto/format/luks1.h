/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The format luks1: a LUKS1 header of 2 MiB, then the cipher text in sectors of 512 bytes
 * (doc/FORMAT.md).
 *
 * For readers that know no LUKS2: qemu, GRUB, old systems. PBKDF2 only, eight key slots, no label,
 * and no place for the payload's length. Private to src/crypto.
 */
#ifndef CRYPTO_FORMAT_LUKS1_H
#define CRYPTO_FORMAT_LUKS1_H

#include "crypto/format/format.h"

extern const struct format luks1_format;

#endif
