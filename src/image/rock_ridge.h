/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The System Use fields of a directory record (SUSP: IEEE P1281; Rock Ridge: IEEE P1282), as far as
 * names and places go. Pure bytes: they come from strangers. */
#ifndef IMAGE_ROCK_RIDGE_H
#define IMAGE_ROCK_RIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ROCK_RIDGE_NAME_MAX = 255 };

struct rock_ridge {
	char name[ROCK_RIDGE_NAME_MAX + 1]; /* NM; what is longer is cut */
	size_t n_name;                      /* 0: none */
	bool is_name_whole;
	bool is_moved;      /* RE: stands elsewhere in the tree, by a CL */
	uint32_t child_lba; /* CL: a directory that was moved; 0: none */
	bool is_rock_ridge; /* ER names an edition of it */
	/* CE: where more fields are; more_bytes 0: there are none */
	uint32_t more_lba, more_offset, more_bytes;
};

/* Adds the fields of one area to r, which starts as zeros. Forgets an earlier CE. 0, or -1 where
 * the area is damaged; what stands before that is taken. */
int rock_ridge_parse(struct rock_ridge *r, const uint8_t *bytes, size_t n);

/* How many bytes a System Use area skips at its start, where the fields of the root's "." begin
 * with SP; -1: no SUSP is used. */
int rock_ridge_skip(const uint8_t *bytes, size_t n);

#endif
