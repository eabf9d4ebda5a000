/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptor tags (ECMA-167, 3/7.2 and 4/7.2), and the names that say who defined something
 * (1/7.4). Pure bytes: they come from strangers. */
#ifndef ISO_UDF_TAG_H
#define ISO_UDF_TAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UDF_TAG_BYTES = 16 };

enum udf_tag_id {
	UDF_ANCHOR = 2,
	UDF_POINTER = 3, /* to more volume descriptors */
	UDF_PARTITION = 5,
	UDF_LOGICAL_VOLUME = 6,
	UDF_TERMINATOR = 8,
	UDF_FILE_SET = 256,
	UDF_FILE_IDENTIFIER = 257,
	UDF_ALLOCATION_EXTENT = 258,
	UDF_INDIRECT_ENTRY = 259,
	UDF_FILE_ENTRY = 261,
	UDF_ATTRIBUTES_HEADER = 262,
	UDF_EXTENDED_FILE_ENTRY = 266,
};

/* The identifier of the descriptor that n bytes begin with; -1: its tag is damaged. */
int udf_tag_id(const uint8_t *bytes, size_t n);

/* Where the descriptor says that it lies. */
uint32_t udf_tag_location(const uint8_t *bytes);

/* True where the sum over the descriptor, which lies within n bytes, is right. */
bool udf_tag_has_right_sum(const uint8_t *bytes, size_t n);

/* True where an entity identifier, 32 bytes, is that name. */
bool udf_tag_is_entity(const uint8_t *entity, const char *name);

#endif
