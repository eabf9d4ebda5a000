/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directory records (ECMA-119, 9.1). Pure bytes: they come from strangers. */
#ifndef ISO_DIRECTORY_RECORD_H
#define ISO_DIRECTORY_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct directory_record {
	size_t n_record;  /* bytes up to the next record */
	uint32_t lba;     /* of the data, after an extended attribute record */
	uint32_t n_bytes; /* of the data */
	bool is_directory;
	bool is_associated;  /* belongs to the file of the same name (9.1.6): a resource fork */
	bool is_dot;         /* "." or ".." */
	bool is_interleaved; /* the data has gaps (6.4.3) */
	bool continues;      /* the next record is a further part of the file (6.5.1) */
	const uint8_t *time; /* borrowed: 7 bytes, date and time (9.1.5) */
	const uint8_t *name; /* borrowed, as recorded */
	size_t n_name;       /* may be 0 */
	const uint8_t *system_use; /* borrowed */
	size_t n_system_use;
};

/* Parses the record at the start of n bytes, which end with their block. 1; 0 where no more records
 * follow in this block; -1 where the bytes are not a record. */
int directory_record_parse(struct directory_record *r, const uint8_t *bytes, size_t n);

/* Fills in only where the data is; bytes has 34. */
void directory_record_place(struct directory_record *r, const uint8_t *bytes);

#endif
