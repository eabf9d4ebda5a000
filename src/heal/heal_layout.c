/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/heal_layout.h"

#include <stdbool.h>

#include "heal/block_tree.h"
#include "heal/rs_code.h"
#include "util/size.h"

enum {
	/* of a single block dm-verity has no tree */
	DATA_BLOCKS_MIN = 2,
	/* so that a cluster of a disc does not hit most columns of a small volume twice */
	ROW_BLOCKS_MIN = 64,
	ROOTS_MAX = 24,
	HEADER_BLOCKS_MAX = 1024,
};
/* more than any medium has; nothing overflows */
#define DATA_BLOCKS_MAX ((uint64_t)1 << 40)

static uint64_t divide_up(uint64_t a, uint64_t b)
{
	return (a + b - 1) / b;
}

static uint64_t align(uint64_t block)
{
	return size_round_up(block, HEAL_ALIGN);
}

static bool is_possible(const struct heal_choice *c)
{
	return c->n_data >= DATA_BLOCKS_MIN && c->n_data <= DATA_BLOCKS_MAX &&
	       c->n_roots <= ROOTS_MAX && (c->n_roots % 4 == 0 || c->n_roots == 2) &&
	       c->n_rows > 0 && c->n_rows <= HEAL_ROWS_MAX && c->n_header <= HEADER_BLOCKS_MAX &&
	       c->n_header <= c->n_data;
}

/* As long as the rows have to be; where both codes have columns, such that blocks that share one of
 * one code do not share one of the other. */
static uint64_t best_row_blocks(const struct heal_layout *l)
{
	uint64_t n = divide_up(l->n_covered, RS_CODE_SYMBOLS - l->choice.n_rows);
	uint64_t stride = l->kernel_stride, apart = divide_up(stride, HEAL_ALIGN);

	if (n < ROW_BLOCKS_MIN)
		n = ROW_BLOCKS_MIN;
	while (stride > 1 && (n % stride < apart || n % stride > stride - apart))
		n++;
	return n;
}

/* Both codes' parity. 0, or -1: a column has too many symbols. */
static int place_parity(struct heal_layout *l, uint64_t first)
{
	const struct heal_choice *c = &l->choice;
	uint64_t n_symbols;

	l->kernel_stride = c->n_roots ? divide_up(l->n_covered, RS_CODE_SYMBOLS - c->n_roots) : 0;
	l->kernel = (struct heal_area){ first, l->kernel_stride * c->n_roots };
	if (!c->row_blocks)
		l->choice.row_blocks = best_row_blocks(l);
	n_symbols = divide_up(l->n_covered, c->row_blocks);
	if (c->row_blocks > DATA_BLOCKS_MAX || n_symbols + c->n_rows > RS_CODE_SYMBOLS)
		return -1;
	l->n_symbols = (unsigned)n_symbols;
	l->rows = (struct heal_area){ align(first + l->kernel.n), c->row_blocks * c->n_rows };
	return 0;
}

/* What stands behind the parity. */
static void place_rest(struct heal_layout *l, const struct block_tree_shape *tree)
{
	struct block_tree_shape check;
	uint64_t first = align(l->rows.first + l->rows.n);

	block_tree_shape(&check, first - l->kernel.first);
	l->check = (struct heal_area){ first, check.n_blocks };
	l->upper.first = align(first + check.n_blocks);
	l->upper.n = tree->n_levels > 1 ? tree->n_blocks - tree->n[0] : 1;
	l->late = (struct heal_area){ align(l->upper.first + l->upper.n), HEAL_RECORD_BLOCKS };
	l->header = (struct heal_area){ l->late.first + HEAL_ALIGN, l->choice.n_header };
	l->end = align(l->header.first + l->header.n) + HEAL_ALIGN;
	l->last = (struct heal_area){ l->end - HEAL_RECORD_BLOCKS, HEAL_RECORD_BLOCKS };
}

uint64_t heal_layout_front(uint64_t n_data)
{
	return align(n_data + HEAL_RECORD_BLOCKS + 1) - 1 - HEAL_RECORD_BLOCKS;
}

int heal_layout_make(struct heal_layout *l, const struct heal_choice *choice)
{
	struct block_tree_shape tree;
	uint64_t first;

	*l = (struct heal_layout){ .choice = *choice };
	if (!is_possible(choice))
		return -1;
	block_tree_shape(&tree, choice->n_data);
	l->front = (struct heal_area){ heal_layout_front(choice->n_data), HEAL_RECORD_BLOCKS };
	l->superblock = (struct heal_area){ l->front.first + HEAL_RECORD_BLOCKS, 1 };
	first = l->superblock.first + 1;
	l->tree = (struct heal_area){ first, tree.n_blocks };
	first = align(first + tree.n_blocks);
	l->n_covered = choice->n_data + (first - l->tree.first);
	if (place_parity(l, first))
		return -1;
	place_rest(l, &tree);
	return 0;
}

int heal_layout_fill(struct heal_layout *l, const struct heal_choice *choice, uint64_t n_blocks)
{
	struct heal_choice c = *choice;
	unsigned low = 0, high = HEAL_ROWS_MAX;

	/* it ends the later the more rows there are */
	while (low < high) {
		c.n_rows = (low + high + 1) / 2;
		if (heal_layout_make(l, &c) == 0 && l->end <= n_blocks)
			low = c.n_rows;
		else
			high = c.n_rows - 1;
	}
	c.n_rows = low;
	return heal_layout_make(l, &c);
}

uint64_t heal_layout_covered(const struct heal_layout *l, uint64_t at)
{
	return at < l->choice.n_data ? at : l->tree.first + (at - l->choice.n_data);
}

unsigned heal_layout_rows(unsigned percent)
{
	uint64_t n = divide_up((uint64_t)RS_CODE_SYMBOLS * percent, 100 + (uint64_t)percent);

	return n < 1 ? 1 : n > HEAL_ROWS_MAX ? HEAL_ROWS_MAX : (unsigned)n;
}
