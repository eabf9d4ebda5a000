/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/drain.h"

#include <stdlib.h>

const struct fail *fail_of(struct burn_source *stage)
{
	return &((struct stage *)stage->data)->fail;
}

struct drained drain(struct burn_source *source, size_t piece, size_t n_max)
{
	struct drained d = { .is_orderly = true };
	uint64_t n_before = stage_n_bytes(source);
	size_t n_room = 0;
	bool was_short = false;

	while (d.n_bytes < n_max) {
		if (d.n_bytes + piece > n_room) {
			n_room = 2 * (d.n_bytes + piece);
			d.bytes = realloc(d.bytes, n_room);
			if (!d.bytes)
				abort();
		}
		d.last = source->read_xt(source, d.bytes + d.n_bytes, (int)piece);
		if (d.last <= 0)
			break;
		if (was_short || d.last > (int)piece)
			d.is_orderly = false;
		was_short = d.last < (int)piece;
		d.n_bytes += (size_t)d.last;
	}
	if (d.n_bytes < n_max) {
		uint8_t more[64];

		/* an end stays an end, a failure a failure */
		if (source->read_xt(source, more, sizeof more) != d.last)
			d.is_orderly = false;
	}
	if (stage_n_bytes(source) != d.n_bytes + n_before ||
		(d.last < 0) != stage_has_failed(source))
		d.is_orderly = false;
	return d;
}
