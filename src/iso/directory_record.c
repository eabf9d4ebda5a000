/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/directory_record.h"

#include "util/number.h"

/* Offsets in a record. */
enum {
	LENGTH = 0,
	EXTENDED_ATTRIBUTE_LENGTH = 1,
	EXTENT = 2,
	DATA_LENGTH = 10,
	TIME = 18,
	FLAGS = 25,
	GAP_SIZE = 27,
	NAME_LENGTH = 32,
	NAME = 33,
};

enum { FLAG_DIRECTORY = 0x02, FLAG_ASSOCIATED = 0x04, FLAG_MULTI_EXTENT = 0x80 };

void directory_record_place(struct directory_record *r, const uint8_t *bytes)
{
	*r = (struct directory_record){
		.lba = number_le32(bytes + EXTENT) + bytes[EXTENDED_ATTRIBUTE_LENGTH],
		.n_bytes = number_le32(bytes + DATA_LENGTH),
	};
}

int directory_record_parse(struct directory_record *r, const uint8_t *bytes, size_t n)
{
	size_t n_record, start;

	if (n == 0 || bytes[LENGTH] == 0)
		return 0;
	n_record = bytes[LENGTH];
	if (n_record > n || n_record < NAME || NAME + (size_t)bytes[NAME_LENGTH] > n_record)
		return -1;
	directory_record_place(r, bytes);
	r->n_record = n_record;
	r->is_directory = bytes[FLAGS] & FLAG_DIRECTORY;
	r->is_associated = !r->is_directory && bytes[FLAGS] & FLAG_ASSOCIATED;
	r->is_dot = bytes[NAME_LENGTH] == 1 && bytes[NAME] <= 1;
	r->is_interleaved = bytes[GAP_SIZE];
	r->continues = bytes[FLAGS] & FLAG_MULTI_EXTENT;
	r->time = bytes + TIME;
	r->name = bytes + NAME;
	r->n_name = bytes[NAME_LENGTH];
	if (r->lba < bytes[EXTENDED_ATTRIBUTE_LENGTH])
		return -1;
	/* a name of even length is followed by a padding byte (9.1.12) */
	start = NAME + r->n_name + (r->n_name % 2 == 0);
	if (start < n_record) {
		r->system_use = bytes + start;
		r->n_system_use = n_record - start;
	}
	return 1;
}
