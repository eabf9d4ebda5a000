/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a UDF image with all kinds of files: make_udf KIND BLOCK_BYTES FILE; the kind is physical,
 * virtual, sparable, metadata, or mirrored: metadata that are recorded twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/udf_image.h"

int main(int argc, char **argv)
{
	static const char *const kinds[] = { "physical", "virtual", "sparable", "metadata",
		"mirrored" };
	struct udf_image image;
	int kind = 0;
	FILE *file;

	if (argc != 4)
		return 2;
	while (kind < 5 && strcmp(argv[1], kinds[kind]) != 0)
		kind++;
	if (kind == 5)
		return 2;
	udf_image_make(&image, kind < 4 ? (enum udf_partition_kind)kind : UDF_METADATA,
		(uint32_t)strtoul(argv[2], NULL, 10));
	if (kind == 4)
		udf_image_double(&image);
	file = fopen(argv[3], "w");
	if (!file || fwrite(image.bytes, 1, image.n_bytes, file) != image.n_bytes || fclose(file))
		return 1;
	udf_image_clear(&image);
	return 0;
}
