/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the healing data of a volume stand (doc/FORMAT.md, "Healing data"): behind it, in the
 * clear. All numbers are blocks of 2048 bytes from the volume's start; what lies between the areas
 * is zeros.
 *
 * Two codes cover the same blocks, the volume and the tree of its digests with the zeros behind it,
 * and differ in their stride: the kernel's (dm-verity's FEC) and our rows. Pure numbers. */
#ifndef HEAL_HEAL_LAYOUT_H
#define HEAL_HEAL_LAYOUT_H

#include <stdint.h>

enum {
	HEAL_ALIGN = 32,     /* blocks: an ECC block of BD, two of DVD */
	HEAL_ROOTS = 4,      /* by default */
	HEAL_ROWS = 20,      /* by default: with the roots 12 % of the volume */
	HEAL_ROWS_MAX = 170, /* twice the volume */
	HEAL_RECORD_BLOCKS = 2,
};

struct heal_area {
	uint64_t first, n;
};

/* What the layout follows from. */
struct heal_choice {
	uint64_t n_data;     /* of the volume, with its header and trailer; at least 2 */
	uint64_t row_blocks; /* 0: what fits best */
	unsigned n_roots;    /* 0, 2, or a multiple of 4 up to 24: what all kernels read right */
	unsigned n_rows;     /* 1 to HEAL_ROWS_MAX */
	unsigned n_header;   /* of the volume's header, which is copied */
};

struct heal_layout {
	struct heal_choice choice;   /* with row_blocks */
	struct heal_area front;      /* record */
	struct heal_area superblock; /* dm-verity's */
	struct heal_area tree;
	struct heal_area kernel; /* n_roots bytes a code word, side by side */
	struct heal_area rows;   /* row after row */
	struct heal_area check;  /* a tree over kernel and rows, and the zeros behind each */
	struct heal_area upper;  /* a copy of the tree's levels above the lowest one */
	struct heal_area late;   /* record */
	struct heal_area header; /* a copy of the volume's first blocks */
	struct heal_area last;   /* record */
	uint64_t end;            /* behind everything */
	uint64_t n_covered;
	uint64_t kernel_stride; /* blocks from one symbol of a code word to the next */
	unsigned n_symbols;     /* blocks of data in a column of the rows' code */
};

/* 0, or -1: there is no such layout. */
int heal_layout_make(struct heal_layout *l, const struct heal_choice *choice);

/* The same with as many rows as fit into n_blocks; choice's n_rows does not count. 0, or -1: not
 * even one fits. */
int heal_layout_fill(struct heal_layout *l, const struct heal_choice *choice, uint64_t n_blocks);

/* Where the front record of a volume of n_data blocks stands. */
uint64_t heal_layout_front(uint64_t n_data);

/* The block that is at a place among those that the codes cover, which is below n_covered. */
uint64_t heal_layout_covered(const struct heal_layout *l, uint64_t at);

/* How many rows take about percent of the volume: from 1 to HEAL_ROWS_MAX. */
unsigned heal_layout_rows(unsigned percent);

#endif
