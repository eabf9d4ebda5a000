/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libisofs' header, which takes libburn's struct burn_source for its own: burn/stage.h shows that.
 */
#ifndef TREE_ISOFS_H
#define TREE_ISOFS_H

#include "burn/stage.h"

#include <libisofs/libisofs.h>

#endif
