/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libisofs' header, with its own copy of struct burn_source, which is laid out like libburn's
 * (libisofs.h, LIBISOFS_WITHOUT_LIBBURN). */
#ifndef TREE_ISOFS_H
#define TREE_ISOFS_H

#include <stdint.h>

#define LIBISOFS_WITHOUT_LIBBURN
#include <libisofs/libisofs.h>

#endif
