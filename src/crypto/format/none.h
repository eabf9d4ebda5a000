/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A clear disc, made only when asked for by that name. Private to src/crypto. */
#ifndef CRYPTO_FORMAT_NONE_H
#define CRYPTO_FORMAT_NONE_H

#include "crypto/format/format.h"

extern const struct format none_format;

#endif
