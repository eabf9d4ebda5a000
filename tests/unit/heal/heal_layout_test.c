/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where healing data stand: numbers computed from doc/FORMAT.md by another program. */
#include "heal/heal_layout.h"

#include <stddef.h>

#include "lib/tap.h"

static const struct {
	struct heal_choice choice;
	uint64_t tree, n_tree, kernel, kernel_stride, rows, row_blocks, n_symbols, check, n_check,
		upper, n_upper, late, header, end, n_covered;
} wanted[] = {
	{ { 2, 0, 4, 20, 0 }, 32, 1, 64, 1, 96, 64, 1, 1376, 22, 1408, 1, 1440, 1472, 1504, 34 },
	{ { 31, 0, 4, 20, 0 }, 64, 1, 96, 1, 128, 64, 1, 1408, 22, 1440, 1, 1472, 1504, 1536, 63 },
	{ { 64, 0, 4, 20, 0 }, 96, 1, 128, 1, 160, 64, 2, 1440, 22, 1472, 1, 1504, 1536, 1568, 96 },
	{ { 65, 0, 4, 20, 0 }, 96, 3, 128, 1, 160, 64, 2, 1440, 22, 1472, 1, 1504, 1536, 1568, 97 },
	{ { 8361, 0, 4, 20, 512 }, 8384, 135, 8544, 34, 8704, 64, 134, 9984, 24, 10016, 4, 10048,
		10080, 10624, 8521 },
	{ { 1000000, 0, 4, 20, 512 }, 1000032, 15875, 1015936, 4048, 1032128, 4323, 235, 1118592,
		1631, 1120224, 250, 1120480, 1120512, 1121056, 1015904 },
	/* a DVD */
	{ { 2294922, 0, 4, 20, 512 }, 2294944, 36430, 2331392, 9289, 2368576, 9921, 235, 2567008,
		3741, 2570752, 571, 2571328, 2571360, 2571904, 2331370 },
	{ { 8361, 0, 0, 20, 0 }, 8384, 135, 8544, 0, 8544, 64, 134, 9824, 21, 9856, 4, 9888, 9920,
		9952, 8521 },
	{ { 8361, 0, 24, 170, 1024 }, 8384, 135, 8544, 37, 9440, 101, 85, 26624, 289, 26944, 4,
		26976, 27008, 28064, 8521 },
	{ { 8361, 37, 4, 20, 512 }, 8384, 135, 8544, 34, 8704, 37, 231, 9472, 16, 9504, 4, 9536,
		9568, 10112, 8521 },
};

static void test_vectors(void)
{
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		struct heal_layout l;
		bool is_right = heal_layout_make(&l, &wanted[i].choice) == 0;

		is_right = is_right && l.tree.first == wanted[i].tree &&
			   l.tree.n == wanted[i].n_tree && l.kernel.first == wanted[i].kernel &&
			   l.kernel_stride == wanted[i].kernel_stride &&
			   l.kernel.n == l.kernel_stride * wanted[i].choice.n_roots &&
			   l.rows.first == wanted[i].rows &&
			   l.choice.row_blocks == wanted[i].row_blocks &&
			   l.rows.n == l.choice.row_blocks * wanted[i].choice.n_rows &&
			   l.n_symbols == wanted[i].n_symbols;
		is_right = is_right && l.check.first == wanted[i].check &&
			   l.check.n == wanted[i].n_check && l.upper.first == wanted[i].upper &&
			   l.upper.n == wanted[i].n_upper && l.late.first == wanted[i].late &&
			   l.header.first == wanted[i].header && l.end == wanted[i].end &&
			   l.n_covered == wanted[i].n_covered && l.last.first == l.end - 2 &&
			   l.front.first == l.tree.first - 3 &&
			   l.superblock.first == l.tree.first - 1;
		tap_ok(is_right, "%lu blocks, %u roots, %u rows",
			(unsigned long)wanted[i].choice.n_data, wanted[i].choice.n_roots,
			wanted[i].choice.n_rows);
	}
}

static void test_refusals(void)
{
	static const struct {
		struct heal_choice choice;
		const char *why;
	} cases[] = {
		{ { 0, 0, 4, 20, 0 }, "no data" },
		{ { 1, 0, 4, 20, 0 }, "one block, of which dm-verity has no tree" },
		{ { UINT64_MAX, 0, 4, 20, 0 }, "more data than any medium has" },
		{ { 8361, 0, 6, 20, 0 }, "roots that some kernels read wrongly" },
		{ { 8361, 0, 28, 20, 0 }, "too many roots" },
		{ { 8361, 0, 4, 0, 0 }, "no rows" },
		{ { 8361, 0, 4, 171, 0 }, "too many rows" },
		{ { 8361, 36, 4, 20, 0 }, "rows so short that a column has more than 255 symbols" },
		{ { 8361, UINT64_MAX, 4, 20, 0 }, "rows longer than any medium" },
		{ { 8361, 0, 4, 20, 8362 }, "a header longer than the data" },
	};
	struct heal_layout l;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		tap_ok(heal_layout_make(&l, &cases[i].choice) == -1, "refused: %s", cases[i].why);
}

static void test_sizes(void)
{
	struct heal_choice c = { .n_data = 500000, .n_roots = 4, .n_header = 512 };
	struct heal_layout l;
	uint64_t end;

	tap_ok(heal_layout_fill(&l, &c, 2294922) == 0 && l.end <= 2294922 &&
			l.choice.n_rows == HEAL_ROWS_MAX,
		"a gigabyte on a DVD: as many rows as there may be");
	c.n_data = 2000000;
	tap_ok(heal_layout_fill(&l, &c, 2294922) == 0 && l.end <= 2294922, "4 GB on a DVD");
	end = l.end;
	c.n_rows = l.choice.n_rows + 1;
	tap_ok(heal_layout_make(&l, &c) == 0 && l.end > 2294922 && end <= 2294922,
		"one row more does not fit");
	c.n_data = 2294900;
	tap_ok(heal_layout_fill(&l, &c, 2294922) == -1, "a full DVD has no room for one row");
	tap_ok(heal_layout_rows(10) == 24 && heal_layout_rows(200) == 170 &&
			heal_layout_rows(0) == 1 && heal_layout_rows(1000) == 170,
		"rows by their share of the data");
}

/* Blocks that share a column of one code must not share one of the other, wherever they are. */
static void test_strides(void)
{
	bool are_apart = true;

	for (uint64_t n = 2; n < 60000 && are_apart; n += 97) {
		const struct heal_choice c = { .n_data = n, .n_roots = 4, .n_rows = 20 };
		struct heal_layout l;
		uint64_t rest;

		if (heal_layout_make(&l, &c)) {
			are_apart = false;
			break;
		}
		rest = l.choice.row_blocks % l.kernel_stride;
		are_apart = l.kernel_stride == 1 ||
			    (rest * 32 >= l.kernel_stride &&
				    (l.kernel_stride - rest) * 32 >= l.kernel_stride);
		are_apart = are_apart && heal_layout_covered(&l, n - 1) == n - 1 &&
			    heal_layout_covered(&l, n) == l.tree.first &&
			    heal_layout_covered(&l, l.n_covered - 1) == l.kernel.first - 1;
	}
	tap_ok(are_apart, "the strides of both codes differ at all sizes");
}

int main(void)
{
	test_vectors();
	test_refusals();
	test_sizes();
	test_strides();
	return tap_done();
}
