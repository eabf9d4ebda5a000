/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/spelling.h"

#include <string.h>

unsigned spelling_distance(const char *a, size_t n_a, const char *b)
{
	unsigned row[64], diagonal, above;
	size_t n_b = strlen(b);

	if (n_b >= sizeof row / sizeof *row)
		return 99;
	for (size_t j = 0; j <= n_b; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= n_a; i++) {
		diagonal = row[0];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= n_b; j++) {
			unsigned best = diagonal + (a[i - 1] != b[j - 1]);

			above = row[j];
			best = above + 1 < best ? above + 1 : best;
			best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			diagonal = above;
			row[j] = best;
		}
	}
	return row[n_b];
}
