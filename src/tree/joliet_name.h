/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of a name in the Joliet tree (Joliet Specification, 1995, "Allowed Characters"; the
 * length is mkisofs' -joliet-long: what fits a directory record). */
#ifndef TREE_JOLIET_NAME_H
#define TREE_JOLIET_NAME_H

#include <stdbool.h>

enum {
	JOLIET_NAME_MAX = 103,  /* UTF-16 units */
	JOLIET_BYTES_MAX = 255, /* of UTF-8, which libisofs takes */
};

/* True where Joliet holds name as it is. name: any bytes, taken as UTF-8. */
bool joliet_name_is_kept(const char *name);

/* Makes of it a name that Joliet holds: "_" for what it can't hold, shortened before a file's
 * extension. number 0: no more than that; else "~number" stands there, so that two names of
 * different numbers differ, whatever they are made of. */
void joliet_name_alter(
	const char *name, bool is_directory, unsigned number, char out[JOLIET_BYTES_MAX + 1]);

#endif
