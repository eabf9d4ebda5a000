/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/rock_ridge.h"

#include <stdlib.h>
#include <string.h>

#include "iso/disc_time.h"
#include "util/number.h"

/* A field: two letters, its length, its version, the rest (SUSP, 4.1). */
enum { LENGTH = 2, REST = 4 };

/* What CD-XA has in each System Use area, before all fields. */
enum { XA_BYTES = 14 };

/* Flags of a component record (RRIP, 4.1.3.1). */
enum { PART_CONTINUES = 0x01, PART_CURRENT = 0x02, PART_PARENT = 0x04, PART_ROOT = 0x08 };

enum { TF_CREATION = 0x01, TF_LONG_FORM = 0x80 };

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

/* PX: mode, links, user, group, and since RRIP 1.12 a serial number. */
static void take_mode(struct rock_ridge *r, const uint8_t *field, size_t n)
{
	if (n < REST + 32)
		return;
	r->has_mode = true;
	r->mode = number_le32(field + REST);
	r->n_links = number_le32(field + REST + 8);
	r->uid = number_le32(field + REST + 16);
	r->gid = number_le32(field + REST + 24);
	r->has_serial = n >= REST + 40;
	if (r->has_serial)
		r->serial = number_le32(field + REST + 32);
}

/* TF: flags, then a time for each that is set, from the lowest on (RRIP, 4.1.6). */
static void take_times(struct rock_ridge *r, const uint8_t *field, size_t n)
{
	static const enum rock_ridge_time kinds[] = { ROCK_RIDGE_N_TIMES, ROCK_RIDGE_MTIME,
		ROCK_RIDGE_ATIME, ROCK_RIDGE_CTIME };
	size_t at = REST + 1, n_time;

	if (n < at)
		return;
	n_time = field[REST] & TF_LONG_FORM ? 17 : 7;
	for (unsigned i = 0; i < sizeof kinds / sizeof *kinds && at + n_time <= n; i++) {
		int64_t seconds;
		bool is_date;

		if (!(field[REST] & TF_CREATION << i))
			continue;
		is_date = n_time == 7 ? disc_time_short(field + at, &seconds)
				      : disc_time_long(field + at, &seconds);
		at += n_time;
		if (!is_date || kinds[i] == ROCK_RIDGE_N_TIMES)
			continue;
		r->has_time[kinds[i]] = true;
		r->times[kinds[i]] = seconds;
	}
}

static void append_target(struct rock_ridge_long *l, const char *text, size_t n)
{
	if (n > ROCK_RIDGE_TARGET_MAX - l->n_target) {
		l->is_target_cut = true;
		return;
	}
	memcpy(l->target + l->n_target, text, n);
	l->n_target += n;
}

/* One component of a link's target. A root is the slash itself: libisofs writes "a//b" as a, root,
 * b, and Linux reads it so (fs/isofs/rock.c). */
static void take_part(struct rock_ridge_long *l, uint8_t flags, const uint8_t *text, size_t n)
{
	if (l->n_target && !l->is_part_open && !l->is_behind_root)
		append_target(l, "/", 1);
	l->is_part_open = flags & PART_CONTINUES;
	l->is_behind_root = flags & PART_ROOT;
	if (flags & PART_ROOT)
		append_target(l, "/", 1);
	else if (flags & PART_PARENT)
		append_target(l, "..", 2);
	else if (flags & PART_CURRENT)
		append_target(l, ".", 1);
	else
		append_target(l, (const char *)text, n);
}

/* SL: flags, component records: flags, a length, bytes. */
static void take_target(struct rock_ridge_long *l, const uint8_t *field, size_t n)
{
	size_t at = REST + 1;

	l->has_target = true;
	while (at + 2 <= n) {
		size_t n_part = field[at + 1];

		if (n_part > n - at - 2) {
			l->is_target_cut = true;
			return;
		}
		take_part(l, field[at], field + at + 2, n_part);
		at += 2 + n_part;
	}
}

/* AL: flags, component records, which may go on in the next field (AAIP, "AL"). */
static void take_attributes(struct rock_ridge_long *l, const uint8_t *field, size_t n)
{
	size_t n_more = n > REST + 1 ? n - REST - 1 : 0;

	if (n_more == 0)
		return;
	if (l->n_attributes + n_more > l->max_attributes) {
		size_t max = 2 * (l->n_attributes + n_more) + 1024;
		uint8_t *attributes = NULL;

		if (l->n_attributes + n_more <= ROCK_RIDGE_ATTRIBUTES_MAX)
			attributes = realloc(l->attributes, max);
		if (!attributes) {
			l->are_attributes_cut = true;
			return;
		}
		l->attributes = attributes;
		l->max_attributes = max;
	}
	memcpy(l->attributes + l->n_attributes, field + REST + 1, n_more);
	l->n_attributes += n_more;
}

/* Those that say where things are. */
static void take_place(struct rock_ridge *r, const uint8_t *field, size_t n)
{
	if (is_field(field, "RE")) {
		r->is_moved = true;
	} else if (is_field(field, "CL") && n >= REST + 8) {
		r->child_lba = number_le32(field + REST);
	} else if (is_field(field, "CE") && n >= REST + 24) {
		r->more_lba = number_le32(field + REST);
		r->more_offset = number_le32(field + REST + 8);
		r->more_bytes = number_le32(field + REST + 16);
	}
}

static void take_field(struct rock_ridge *r, const uint8_t *field, size_t n)
{
	if (is_field(field, "NM")) {
		take_name(r, field, n);
	} else if (is_field(field, "ER")) {
		take_extension(r, field, n);
	} else if (is_field(field, "PX")) {
		take_mode(r, field, n);
	} else if (is_field(field, "TF")) {
		take_times(r, field, n);
	} else if (is_field(field, "PN") && n >= REST + 16) {
		r->has_device = true;
		r->device_high = number_le32(field + REST);
		r->device_low = number_le32(field + REST + 8);
	} else if (is_field(field, "SL") && r->rest) {
		take_target(r->rest, field, n);
	} else if (is_field(field, "AL") && r->rest) {
		take_attributes(r->rest, field, n);
	} else if (is_field(field, "ZF")) {
		r->is_compressed = true;
		zisofs_parse(&r->zisofs, field, n);
	} else {
		take_place(r, field, n);
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

static bool is_start(const uint8_t *bytes, size_t n)
{
	return n >= 7 && is_field(bytes, "SP") && bytes[LENGTH] == 7 && bytes[4] == 0xbe &&
	       bytes[5] == 0xef;
}

int rock_ridge_skip(const uint8_t *bytes, size_t n, size_t *start)
{
	*start = is_start(bytes, n) ? 0 : XA_BYTES;
	if (*start && (n < XA_BYTES || !is_start(bytes + XA_BYTES, n - XA_BYTES)))
		return -1;
	return bytes[*start + 6];
}

void rock_ridge_long_reset(struct rock_ridge_long *l)
{
	l->n_target = l->n_attributes = 0;
	l->has_target = l->is_part_open = l->is_behind_root = false;
	l->is_target_cut = l->are_attributes_cut = false;
}

void rock_ridge_long_clear(struct rock_ridge_long *l)
{
	free(l->attributes);
	l->attributes = NULL;
	l->max_attributes = 0;
	rock_ridge_long_reset(l);
}
