/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of a name in the Joliet tree (Joliet Specification, 1995, "Allowed Characters"; the
 * length is mkisofs' -joliet-long: what fits a directory record). */
#ifndef TREE_JOLIET_NAME_H
#define TREE_JOLIET_NAME_H

#include <stdbool.h>

/* UTF-16 units. */
enum { JOLIET_NAME_MAX = 103 };

enum joliet_fate {
	JOLIET_KEPT,
	JOLIET_CHANGED, /* shortened, or characters replaced */
	JOLIET_NOTHING, /* nothing would be left of it */
};

/* name: any bytes, taken as UTF-8. */
enum joliet_fate joliet_name_fate(const char *name);

#endif
