/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the files of a UDF volume that are larger than a directory record of ISO 9660 can say. */
#ifndef ISO_UDF_LARGE_H
#define ISO_UDF_LARGE_H

#include <stddef.h>

#include "iso/large_files.h"
#include "iso/udf_volume.h"
#include "util/block_reader.h"
#include "util/fail.h"

/* Looks through all directories, and adds to l. 0, or -1 with f filled. */
int udf_large_find(struct large_files *l, const struct udf_volume *v, struct block_reader *blocks,
	size_t memory, struct fail *f);

#endif
