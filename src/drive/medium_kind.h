/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kinds of optical media, as one table: profile numbers of MMC-5, table 91. */
#ifndef DRIVE_MEDIUM_KIND_H
#define DRIVE_MEDIUM_KIND_H

#include <stdbool.h>
#include <stdint.h>

/* Write types that a kind takes; bits of medium_kind.write_types. */
enum {
	TAKES_TAO = 1 << 0,
	TAKES_SAO = 1 << 1,
	TAKES_DAO = 1 << 2,
	TAKES_INCREMENTAL = 1 << 3,
};

struct medium_kind {
	int profile;
	const char *name;
	double kb_per_second; /* 1x, in units of 1000 bytes */
	uint32_t unit_blocks; /* what the medium is recorded in: ECC blocks, a cluster; CD: 1 */
	uint32_t tail_blocks; /* zeros after a track, of which the last may be unreadable */
	unsigned write_types; /* those that the user may choose between; 0: there is no choice */
	bool is_writable;
	bool is_overwritable; /* written anew from the start, without blanking */
	bool is_rewritable;   /* can be blanked or overwritten */
	bool can_simulate;
	bool can_multi; /* can be left appendable */
};

/* NULL for a profile that is not in the table. */
const struct medium_kind *medium_kind_find(int profile);

/* The names of the write types in a set, as "tao or sao", into out. Returns out. */
char *medium_kind_write_types(unsigned set, char *out, unsigned n_out);

#endif
