/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/drain.h"

#include <stdlib.h>

struct drained drain(
	struct burn_source *source, const struct report *report, size_t piece, size_t n_max)
{
	struct drained d = { .is_orderly = true };
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
	if (report->n_bytes != d.n_bytes || (d.last < 0) != (fail_is_set(&report->fail) != 0))
		d.is_orderly = false;
	return d;
}
