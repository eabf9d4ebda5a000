/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/pad_source.h"

#include <stdlib.h>
#include <string.h>

#include "burn/stage.h"

struct pad_source {
	struct stage stage; /* first */
	uint32_t unit_bytes;
	uint64_t extra_bytes;
	bool is_padding;     /* upstream has ended */
	uint64_t zeros_left; /* of the padding */
};

/* How many zeros follow n_bytes of data. */
static uint64_t padding_bytes(uint64_t n_bytes, uint32_t unit_bytes, uint64_t extra_bytes)
{
	uint64_t over = unit_bytes ? n_bytes % unit_bytes : 0;

	return (over ? unit_bytes - over : 0) + extra_bytes;
}

static ssize_t fill(struct stage *s, uint8_t *buf, size_t n_room)
{
	struct pad_source *p = (struct pad_source *)s;
	ssize_t n = 0;

	if (!p->is_padding) {
		n = stage_take(s, buf, n_room);
		if (n != 0)
			return n;
		p->is_padding = true;
		p->zeros_left = padding_bytes(s->taken, p->unit_bytes, p->extra_bytes);
	}
	n = (ssize_t)(p->zeros_left < n_room ? p->zeros_left : n_room);
	memset(buf, 0, (size_t)n);
	p->zeros_left -= (uint64_t)n;
	return n;
}

struct burn_source *pad_source_new(
	struct burn_source *upstream, uint32_t unit_bytes, uint64_t extra_bytes, struct fail *f)
{
	struct pad_source *p = stage_alloc(sizeof *p, f);
	uint64_t n_bytes = stage_size(upstream);

	if (!p)
		return NULL;
	p->stage = (struct stage){ .name = "padding",
		.upstream = upstream,
		.size = n_bytes ? n_bytes + padding_bytes(n_bytes, unit_bytes, extra_bytes) : 0,
		.fill = fill };
	p->unit_bytes = unit_bytes;
	p->extra_bytes = extra_bytes;
	return stage_new(&p->stage, f);
}
