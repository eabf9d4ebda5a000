/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/extent_map.h"

#include <stdlib.h>

/* True where a file at lba follows the last row's, as files of one session do. */
static bool follows(const struct extent_map *m, uint32_t lba)
{
	const struct extent_map_row *last = m->n_rows ? &m->rows[m->n_rows - 1] : NULL;

	return last && last->lba + (m->n_blocks - last->at) == lba;
}

int extent_map_add(struct extent_map *m, uint32_t lba, uint64_t n_blocks)
{
	if (follows(m, lba)) {
		m->n_blocks += n_blocks;
		return 0;
	}
	if (m->n_rows == m->n_max) {
		size_t n = m->n_max ? 2 * m->n_max : 1024;
		struct extent_map_row *rows = realloc(m->rows, n * sizeof *rows);

		if (!rows)
			return -1;
		m->rows = rows;
		m->n_max = n;
	}
	m->rows[m->n_rows++] = (struct extent_map_row){ (uint32_t)m->n_blocks, lba };
	m->n_blocks += n_blocks;
	return 0;
}

bool extent_map_find(const struct extent_map *m, uint64_t at, uint32_t *lba)
{
	size_t low = 0, high = m->n_rows;

	if (at >= m->n_blocks)
		return false;
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (m->rows[mid].at <= at)
			low = mid;
		else
			high = mid;
	}
	*lba = m->rows[low].lba + (uint32_t)(at - m->rows[low].at);
	return true;
}

void extent_map_clear(struct extent_map *m)
{
	free(m->rows);
	*m = (struct extent_map){ 0 };
}
