/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/rock_ridge.h"

#include <string.h>

#include "image/number.h"

/* A field: two letters, its length, its version, the rest (SUSP, 4.1). */
enum { LENGTH = 2, REST = 4 };

enum { NM_CONTINUES = 0x01, NM_CURRENT = 0x02, NM_PARENT = 0x04 };

static bool is_field(const uint8_t *field, const char *letters)
{
	return memcmp(field, letters, 2) == 0;
}

/* NM: flags, a part of the name. */
static void take_name(struct rock_ridge *r, const uint8_t *field, size_t n)
{
	size_t n_part, n_room = ROCK_RIDGE_NAME_MAX - r->n_name;

	if (n < REST + 1 || r->is_name_whole || field[REST] & (NM_CURRENT | NM_PARENT))
		return;
	n_part = n - REST - 1 < n_room ? n - REST - 1 : n_room;
	memcpy(r->name + r->n_name, field + REST + 1, n_part);
	r->n_name += n_part;
	r->is_name_whole = !(field[REST] & NM_CONTINUES);
}

/* ER: three lengths and a version, the identifier. */
static void take_extension(struct rock_ridge *r, const uint8_t *field, size_t n)
{
	static const char *const ids[] = { "RRIP_1991A", "IEEE_P1282", "IEEE_1282" };

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		size_t n_id = strlen(ids[i]);

		if (n >= REST + 4 + n_id && field[REST] == n_id &&
			memcmp(field + REST + 4, ids[i], n_id) == 0)
			r->is_rock_ridge = true;
	}
}

static void take_field(struct rock_ridge *r, const uint8_t *field, size_t n)
{
	if (is_field(field, "NM")) {
		take_name(r, field, n);
	} else if (is_field(field, "RE")) {
		r->is_moved = true;
	} else if (is_field(field, "CL") && n >= REST + 8) {
		r->child_lba = number_le32(field + REST);
	} else if (is_field(field, "ER")) {
		take_extension(r, field, n);
	} else if (is_field(field, "CE") && n >= REST + 24) {
		r->more_lba = number_le32(field + REST);
		r->more_offset = number_le32(field + REST + 8);
		r->more_bytes = number_le32(field + REST + 16);
	}
}

int rock_ridge_parse(struct rock_ridge *r, const uint8_t *bytes, size_t n)
{
	r->more_bytes = 0;
	/* ST ends an area; fewer than four bytes can't hold a field (SUSP, 4) */
	while (n >= REST && !is_field(bytes, "ST")) {
		size_t n_field = bytes[LENGTH];

		/* zeros up to the end are seen on real discs */
		if (n_field == 0 && bytes[0] == 0)
			return 0;
		if (n_field < REST || n_field > n)
			return -1;
		take_field(r, bytes, n_field);
		bytes += n_field;
		n -= n_field;
	}
	return 0;
}

int rock_ridge_skip(const uint8_t *bytes, size_t n)
{
	if (n < 7 || !is_field(bytes, "SP") || bytes[LENGTH] != 7 || bytes[4] != 0xbe ||
		bytes[5] != 0xef)
		return -1;
	return bytes[6];
}
