/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/heal_source.h"

#include <stdlib.h>
#include <string.h>

#include "burn/stage.h"
#include "heal/heal_stream.h"
#include "util/sector.h"

struct heal_source {
	struct stage stage; /* first */
	struct heal_plan plan;
	struct heal_stream *stream; /* NULL: there is a spool */
	uint8_t anchor[BLOCK_BYTES];
	uint64_t n_passed; /* blocks of the volume */
};

static bool is_zeros(const uint8_t *block)
{
	return block[0] == 0 && memcmp(block, block + 1, BLOCK_BYTES - 1) == 0;
}

/* Puts anchors into n blocks of the volume, the first of which is at n_passed. */
static void put_anchors(const struct heal_source *h, uint8_t *blocks, size_t n)
{
	for (size_t i = 0; i < h->plan.n_anchors; i++) {
		uint64_t at = h->plan.anchors[i];
		uint8_t *block;

		if (at < h->n_passed || at - h->n_passed >= n)
			continue;
		block = blocks + (at - h->n_passed) * BLOCK_BYTES;
		if (at < h->plan.n_own || is_zeros(block))
			memcpy(block, h->anchor, BLOCK_BYTES);
	}
}

static int look_at(struct heal_source *h, uint8_t *blocks, size_t n)
{
	struct fail *f = &h->stage.fail;

	if (h->stream)
		return heal_stream_add(h->stream, blocks, n, f);
	return h->plan.computes ? heal_spool_add(h->plan.spool, blocks, n, f)
				: heal_spool_compare(h->plan.spool, blocks, n, f);
}

/* As much as upstream has of the volume. */
static ssize_t pass(struct heal_source *h, uint8_t *buf, size_t n_room)
{
	ssize_t got = stage_take(&h->stage, buf, n_room);
	size_t n = (size_t)got / BLOCK_BYTES;

	if (got <= 0)
		return got;
	put_anchors(h, buf, n);
	if (look_at(h, buf, n))
		return -1;
	h->n_passed += n;
	return got;
}

static ssize_t fill(struct stage *s, uint8_t *buf, size_t n_room)
{
	struct heal_source *h = (struct heal_source *)s;
	size_t n_blocks = n_room / BLOCK_BYTES;
	ssize_t n;

	if (h->n_passed < h->plan.record->layout.choice.n_data)
		return pass(h, buf, n_room);
	if (h->plan.computes)
		return 0;
	n = h->stream ? heal_stream_take(h->stream, buf, n_blocks, &s->fail)
		      : heal_spool_take(h->plan.spool, buf, n_blocks, &s->fail);
	return n < 0 ? n : n * BLOCK_BYTES;
}

static void free_stream(struct stage *s)
{
	heal_stream_free(((struct heal_source *)s)->stream);
}

struct burn_source *heal_source_new(
	struct burn_source *upstream, const struct heal_plan *plan, struct fail *f)
{
	struct heal_source *h = stage_alloc(sizeof *h, f);
	const struct heal_layout *l = &plan->record->layout;

	if (!h)
		return NULL;
	h->plan = *plan;
	h->stage = (struct stage){ .name = "healing data",
		.upstream = upstream,
		.announced = l->choice.n_data * BLOCK_BYTES,
		.size = (plan->computes ? l->choice.n_data : l->end) * BLOCK_BYTES,
		.fill = fill,
		.free = free_stream };
	heal_record_encode(plan->record, HEAL_RECORD_ANCHOR, h->anchor);
	if (!plan->spool &&
		!(h->stream = heal_stream_new(plan->record, plan->hash, &h->plan.voucher, f))) {
		free(h);
		return NULL;
	}
	return stage_new(&h->stage, f);
}
