/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The System Use fields of a directory record (SUSP: IEEE P1281; Rock Ridge: IEEE P1282, or RRIP
 * 1.12; AAIP: libisofs' susp_aaip_2_0.txt). Pure bytes: they come from strangers. */
#ifndef ISO_ROCK_RIDGE_H
#define ISO_ROCK_RIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iso/zisofs.h"

enum {
	ROCK_RIDGE_NAME_MAX = 255,
	ROCK_RIDGE_TARGET_MAX = 4095,
	ROCK_RIDGE_ATTRIBUTES_MAX = 1024 * 1024,
};

enum rock_ridge_time {
	ROCK_RIDGE_MTIME,
	ROCK_RIDGE_ATIME,
	ROCK_RIDGE_CTIME,
	ROCK_RIDGE_N_TIMES,
};

/* What takes room: zeros at first, rock_ridge_long_clear at the end. */
struct rock_ridge_long {
	char target[ROCK_RIDGE_TARGET_MAX + 1]; /* SL: of a symbolic link */
	size_t n_target;
	bool has_target, is_part_open, is_behind_root, is_target_cut;
	uint8_t *attributes; /* AL: the component records of all fields */
	size_t n_attributes, max_attributes;
	bool are_attributes_cut; /* more than are kept */
};

struct rock_ridge {
	char name[ROCK_RIDGE_NAME_MAX + 1]; /* NM; what is longer is cut */
	size_t n_name;                      /* 0: none */
	bool is_name_whole;
	bool is_moved;      /* RE: stands elsewhere in the tree, by a CL */
	uint32_t child_lba; /* CL: a directory that was moved; 0: none */
	bool is_rock_ridge; /* ER names an edition of it */
	bool has_mode, has_serial, has_device;
	uint32_t mode, n_links, uid, gid, serial; /* PX */
	uint32_t device_high, device_low;         /* PN */
	bool has_time[ROCK_RIDGE_N_TIMES];        /* TF */
	int64_t times[ROCK_RIDGE_N_TIMES];        /* seconds from 1970 on, UTC */
	bool is_compressed;                       /* ZF */
	struct zisofs zisofs;                     /* if it is of the kind that is read */
	/* CE: where more fields are; more_bytes 0: there are none */
	uint32_t more_lba, more_offset, more_bytes;
	struct rock_ridge_long *rest; /* borrowed; NULL: SL and AL are skipped */
};

/* Adds the fields of one area to r, which starts as zeros. Forgets an earlier CE. 0, or -1 where
 * the area is damaged; what stands before that is taken. */
int rock_ridge_parse(struct rock_ridge *r, const uint8_t *bytes, size_t n);

/* How many bytes a System Use area skips at its start, where the fields of the root's "." begin
 * with SP; -1: no SUSP is used. *start: where SP stands, behind the attributes of CD-XA if there
 * are any. */
int rock_ridge_skip(const uint8_t *bytes, size_t n, size_t *start);

/* Makes l empty for the next record; its memory stays. */
void rock_ridge_long_reset(struct rock_ridge_long *l);

/* Frees what l holds. */
void rock_ridge_long_clear(struct rock_ridge_long *l);

#endif
