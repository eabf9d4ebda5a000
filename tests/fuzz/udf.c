/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A UDF volume with changes, after each of which the sums are right again, unless they are to be
 * wrong: what is read of its files, and all that verify does with it. The input: the kind of its
 * partition (two bits), whether metadata are recorded twice, whether sums are wrong; then, for each
 * change, a logical block (two bytes), the offset in it (two), the number of bytes, and these. */
#include "fuzz.h"

#include <string.h>

#include "check_disc.h"
#include "iso/udf_tag.h"
#include "lib/udf_image.h"
#include "util/number.h"
#include "util/sector.h"

static void seal(uint8_t *block)
{
	size_t n = UDF_TAG_BYTES + (size_t)number_le16(block + 10);

	if (number_le16(block + 10) <= BLOCK_BYTES - UDF_TAG_BYTES && block[0] | block[1])
		udf_image_seal(block, n);
}

/* Each record of a directory has sums of its own. */
static void seal_records(uint8_t *block)
{
	for (size_t at = 0; at + 38 <= BLOCK_BYTES && number_le16(block + at) == 257;) {
		size_t n = UDF_TAG_BYTES + (size_t)number_le16(block + at + 10);

		if (n > BLOCK_BYTES - at)
			break;
		udf_image_seal(block + at, n);
		at += n < 38 ? 40 : n;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct udf_image image;
	bool is_double, is_sealed;

	if (size == 0)
		return 0;
	udf_image_make(&image, (enum udf_partition_kind)(data[0] % 4), BLOCK_BYTES);
	is_double = data[0] & 4;
	is_sealed = !(data[0] & 8);
	if (is_double && image.kind == UDF_METADATA)
		udf_image_double(&image);
	for (data++, size--; size >= 5;) {
		size_t n_blocks = image.n_bytes / BLOCK_BYTES;
		uint8_t *block = udf_image_block(&image, number_le16(data) % n_blocks);
		size_t at = number_le16(data + 2) % BLOCK_BYTES, n = data[4];

		n = n < size - 5 ? n : size - 5;
		n = n < BLOCK_BYTES - at ? n : BLOCK_BYTES - at;
		memcpy(block + at, data + 5, n);
		if (number_le16(block) == 257 && is_sealed)
			seal_records(block);
		else if (is_sealed)
			seal(block);
		data += 5 + n;
		size -= 5 + n;
	}
	check_disc(&image.blocks);
	udf_image_clear(&image);
	return 0;
}
