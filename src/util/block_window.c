/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/block_window.h"

#include <stdlib.h>

struct window {
	struct block_reader *whole;
	uint64_t first;
};

static int read_window(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	struct window *w = ctx;

	return block_reader_read(w->whole, w->first + lba, n, buf, f);
}

struct block_reader *block_window_new(
	struct block_reader *whole, uint64_t first, uint64_t n_blocks, struct fail *f)
{
	struct block_reader *r = calloc(1, sizeof *r);
	struct window *w = calloc(1, sizeof *w);

	if (!r || !w) {
		free(r);
		free(w);
		fail_memory(f);
		return NULL;
	}
	*w = (struct window){ whole, first };
	*r = (struct block_reader){
		.read = read_window, .free = free, .ctx = w, .n_blocks = n_blocks
	};
	return r;
}
